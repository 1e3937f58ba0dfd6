#!lua
-- Room for one more in a sliding window. KEYS: window. ARGV: now and span in ms, at most how many.
-- Answers 0 where there is room (and counts it), else in how many ms there will be.
local now, span, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - span))
if redis.call('ZCARD', KEYS[1]) < most then
  local last = redis.call('ZRANGE', KEYS[1], -1, -1)[1] or '0'
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), string.format('%016d', tonumber(last) + 1))
  redis.call('PEXPIRE', KEYS[1], span * 2)
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], -most, -most, 'WITHSCORES')
return math.min(math.max(tonumber(oldest[2]) + span - now, 1), span)
