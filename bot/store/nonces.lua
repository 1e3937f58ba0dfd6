#!lua
-- Remembers callbacks that were answered. KEYS: what comes before each name. ARGV: seconds to remember, then the names.
for i = 2, #ARGV do
  redis.call('SET', KEYS[1] .. ARGV[i], '1', 'EX', ARGV[1])
end
return #ARGV - 1
