#!lua
-- One answer that a platform fetches. KEYS: how it stands, what is laid there. ARGV: put, take, back or close;
-- seconds to remember; for put the packed line. It is open while the first key is missing.
-- put: 1 laid there, 0 nobody fetches it any more. take: {how it stands, line, ...}; what is there is thereby given.
-- back: 1 taken back, and nothing more is laid there; 0 it was given. close: as take, but ends it where nothing is there.
local state = redis.call('GET', KEYS[1])
if ARGV[1] == 'put' then
  if state then return 0 end
  redis.call('RPUSH', KEYS[2], ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[2])
  return 1
end
if ARGV[1] == 'back' then
  if state == 'given' then return 0 end
  redis.call('DEL', KEYS[2])
  redis.call('SET', KEYS[1], 'closed', 'EX', ARGV[2])
  return 1
end
local lines = redis.call('LRANGE', KEYS[2], 0, -1)
if not state and #lines > 0 then
  state = 'given'
elseif not state and ARGV[1] == 'close' then
  state = 'closed'
end
if state then redis.call('SET', KEYS[1], state, 'EX', ARGV[2]) end
table.insert(lines, 1, state or 'open')
return lines
