#!lua
-- Takes, renews or (ttl 0) gives back a lease; the stored instant decides, expiry only sweeps up.
-- KEYS: lease. ARGV: owner, wall clock in ms, ttl in ms. Answers 1 where the owner holds it now (or gave it back).
local lease = redis.call('GET', KEYS[1])
if lease then
  local owner, till = string.match(lease, '^(%S+) (%d+)$')
  if owner and owner ~= ARGV[1] and tonumber(till) > tonumber(ARGV[2]) then
    return 0
  end
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
else
  local till = string.format('%.0f', ARGV[2] + ARGV[3])
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. till, 'PX', string.format('%.0f', ARGV[3] * 10))
end
return 1
