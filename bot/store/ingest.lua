#!lua
-- Takes in what was not seen before. KEYS: inbox. ARGV: what comes before a seen key, seconds to remember,
-- then pairs of key and packed input. Answers a list of 1 (taken) and 0 (seen), in order.
local taken = {}
for i = 3, #ARGV, 2 do
  if redis.call('SET', ARGV[1] .. ARGV[i], '1', 'NX', 'EX', ARGV[2]) then
    redis.call('XADD', KEYS[1], '*', 'b', ARGV[i + 1])
    taken[#taken + 1] = 1
  else
    taken[#taken + 1] = 0
  end
end
return taken
