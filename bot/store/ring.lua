#!lua
-- Moves what is due: alarms into the inbox, held lines back into the outbox; none lost, none twice.
-- KEYS: clock, inbox, held, outbox. ARGV: now in ms, at most how many of each. Answers how many were moved.
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
for i = 1, #due, 2 do
  redis.call('XADD', KEYS[2], '*', 'c', due[i], 's', due[i + 1])
  redis.call('ZREM', KEYS[1], due[i])
end
local lines = redis.call('ZRANGE', KEYS[3], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, line in ipairs(lines) do
  redis.call('XADD', KEYS[4], '*', 'h', string.sub(line, 17), 'o', string.sub(line, 1, 16))
  redis.call('ZREM', KEYS[3], line)
end
return #due / 2 + #lines
