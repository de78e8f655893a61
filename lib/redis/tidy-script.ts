/**
 * Forgets withdrawals that nothing is left for, and makes the ledger agree with the lanes: one that was evicted or deleted takes its
 * entries along, and a ledger that went without them begins anew with what is there. Answers how much was lost: calls that were
 * rolled up are counted as one until the lanes are empty, and as what they were then.
 *
 * KEYS withdrawn, withdrawals, ledger, meta, then the lanes; ARGV how many lanes these are
 */
export const TIDY = `
local least, there = nil, 0
for i = 5, #KEYS do
  if redis.call('TYPE', KEYS[i]).ok == 'stream' then
    there = there + redis.call('XLEN', KEYS[i])
    local first = redis.call('XRANGE', KEYS[i], '-', '+', 'COUNT', 1)[1]
    local id = first and tonumber(string.match(first[1], '^%d+'))
    if id and (least == nil or id < least) then least = id end
  end
end
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', least and '(' .. string.format('%.0f', least) or '+inf', 'LIMIT', 0, 1000)
for _, device in ipairs(old) do
  redis.call('HDEL', KEYS[1], device)
  redis.call('ZREM', KEYS[2], device)
end
if redis.call('HGET', KEYS[4], 'lanes') ~= ARGV[1] then return 0 end
local held = redis.call('HMGET', KEYS[3], 'entries', 'pending', 'bytes')
local entries, pending, bytes = tonumber(held[1] or '0'), tonumber(held[2] or '0'), tonumber(held[3] or '0')
local gone = entries - there
local weight = there == 0 and pending or math.min(gone, math.max(pending, 0))
if gone == 0 and weight == 0 then return 0 end
-- Allowed to write also when memory is full: this makes room.
redis.call('HDEL', KEYS[3], '')
redis.call('HINCRBY', KEYS[3], 'entries', there - entries)
redis.call('HINCRBY', KEYS[3], 'pending', 0 - weight)
redis.call('HINCRBY', KEYS[3], 'bytes', 0 - math.floor(there == 0 and bytes or gone > 0 and bytes * gone / entries or 0))
redis.call('HINCRBY', KEYS[3], weight > 0 and 'dropped:lost' or 'accepted', math.abs(weight))
return weight
`;
