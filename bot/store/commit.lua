#!lua
-- Settles entries of a stream in order, each whole or not at all. KEYS: stream, lease. ARGV: owner ('' unfenced),
-- msgpack list of steps {entry id, {case key, version, ...}, {{command, ...}, ...}}.
-- Answers a list: 1 written, 0 was already settled, -1 conflict (nothing from there on is written), -2 lease lost.
-- Every check comes before the first write and the ack comes last: a script has no way back.
-- '#!lua' without flags makes a full server refuse the script before it begins, not in the middle.
local told = {}
if ARGV[1] ~= '' then
  local lease = redis.call('GET', KEYS[2])
  if lease and string.sub(lease, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then
    return {-2}
  end
end
for i, step in ipairs(cmsgpack.unpack(ARGV[2])) do
  local id, checks, writes = step[1], step[2], step[3]
  if #redis.call('XPENDING', KEYS[1], 'bot', id, id, 1) == 0 then
    told[i] = 0
  else
    for c = 1, #checks, 2 do
      local stored = string.match(redis.call('GETRANGE', checks[c], 0, 15), '^%d+') or '0'
      if stored ~= checks[c + 1] then
        told[i] = -1
        return told
      end
    end
    for _, write in ipairs(writes) do
      if write[1] == 'HOLD' then -- held set, order key, not-before, line, order number or '' for a new one
        local order = write[6]
        if order == '' then
          order = redis.call('INCR', write[3])
        end
        redis.call('ZADD', write[2], write[4], string.format('%016d', order) .. write[5])
      else
        redis.call(unpack(write))
      end
    end
    redis.call('XACK', KEYS[1], 'bot', id)
    redis.call('XDEL', KEYS[1], id)
    told[i] = 1
  end
end
return told
