// What has to happen in Redis in one piece. All of it reads the counters it changes, so that whoever repeats a step whose outcome
// is unknown, or does it too late, changes nothing. A Redis that is out of memory refuses a script whose first write takes some; what
// sends, and so makes room, begins with one that takes none.

/**
 * Adds what belongs together: all entries that were not added before, or none. With states of visitors, only when nobody has
 * changed those meanwhile.
 *
 * KEYS seq, ledger, withdrawn, withdrawals, meta, then lane, added and seals of each device, then a visitor each
 * ARGV entries and bytes that fit, milliseconds to remember, path and head of a request with fixed bytes or empty, number of
 *      devices, number of states, each device, version, new state and milliseconds to live of each state, then of each entry:
 *      number of its device, process, id, weight, bytes, fields, body, features taken back
 */
export const ADD = `
local devices, states = tonumber(ARGV[6]), tonumber(ARGV[7])
local first = 8 + devices + 3 * states
local fresh, last, weight, bytes, all = {}, {}, 0, 0, 0
for i = first, #ARGV, 8 do
  local added, id = KEYS[4 + 3 * ARGV[i]], tonumber(ARGV[i + 2])
  local whose = added .. ' ' .. ARGV[i + 1]
  last[whose] = last[whose] or tonumber(redis.call('HGET', added, ARGV[i + 1]) or '0')
  all = all + 1
  if id > last[whose] then
    last[whose] = id
    fresh[#fresh + 1] = i
    weight = weight + tonumber(ARGV[i + 3])
    bytes = bytes + tonumber(ARGV[i + 4])
  end
end
local visitor, state = 5 + 3 * devices, 5 + devices
-- A version or number that none of us has written is none: nobody could ever name the same one.
local function whole(text)
  if text and string.match(text, '^[1-9]%d*$') and tonumber(text) < 9e15 then return text end
  return '0'
end
local function found(kind)
  local reply = { kind }
  for i = 1, states do
    local stored = redis.call('HMGET', KEYS[visitor + i], 'v', 's')
    local version = whole(stored[1])
    reply[#reply + 1] = version
    reply[#reply + 1] = version ~= '0' and stored[2] or ''
  end
  return reply
end
if all > 0 and #fresh == 0 then return found('known') end
for i = 1, states do
  if whole(redis.call('HGET', KEYS[visitor + i], 'v')) ~= ARGV[state + 3 * i] then return found('conflict') end
end
local held = redis.call('HMGET', KEYS[2], 'entries', 'bytes')
local entries = tonumber(held[1] or '0')
if entries > 0 and #fresh > 0 then
  local full = entries + #fresh > tonumber(ARGV[1]) or tonumber(held[2] or '0') + bytes > tonumber(ARGV[2])
  if full then return { 'full' } end
end
-- What else may stand under one of these names is found out before anything is written.
if #fresh > 0 then
  for i = 1, devices do redis.call('XLEN', KEYS[3 + 3 * i]) end
  if ARGV[4] ~= '' then redis.call('HLEN', KEYS[8]) end
  for _, i in ipairs(fresh) do
    if ARGV[i + 7] ~= '' then
      redis.call('HLEN', KEYS[3])
      redis.call('ZCARD', KEYS[4])
      redis.call('HLEN', KEYS[5])
      break
    end
  end
end
-- Numbers of entries and versions go by the clock: none is given out again after Redis has lost or forgotten what it had.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if #fresh > 0 then
  local seq = math.max(tonumber(whole(redis.call('GET', KEYS[1]))), now)
  redis.call('SET', KEYS[1], string.format('%.0f', seq + #fresh))
  local ids = {}
  for n, i in ipairs(fresh) do
    local id = string.format('%.0f', seq + n)
    local key, device = 3 + 3 * ARGV[i], ARGV[7 + ARGV[i]]
    ids[n] = id
    redis.call('XADD', KEYS[key], id .. '-1', 'd', device, 'm', ARGV[i + 5], 'b', ARGV[i + 6])
    redis.call('HSET', KEYS[key + 1], ARGV[i + 1], ARGV[i + 2])
    redis.call('PEXPIRE', KEYS[key + 1], ARGV[3])
    if ARGV[i + 7] ~= '' then
      local isRead, withdrawn = pcall(cjson.decode, redis.call('HGET', KEYS[3], device) or '{}')
      if not isRead or type(withdrawn) ~= 'table' then withdrawn = {} end
      for feature in string.gmatch(ARGV[i + 7], '[^,]+') do withdrawn[feature] = id end
      redis.call('HSET', KEYS[3], device, cjson.encode(withdrawn))
      redis.call('ZADD', KEYS[4], id, device)
      redis.call('HSET', KEYS[5], 'withdrawn', id)
    end
  end
  redis.call('HINCRBY', KEYS[2], 'accepted', weight)
  redis.call('HINCRBY', KEYS[2], 'pending', weight)
  redis.call('HINCRBY', KEYS[2], 'entries', #fresh)
  redis.call('HINCRBY', KEYS[2], 'bytes', bytes)
  if ARGV[4] ~= '' and #fresh == all then
    redis.call('HSET', KEYS[8], ids[1], ARGV[4] .. '\\n' .. table.concat(ids, ',') .. '\\n' .. ARGV[5])
  end
end
local reply = { 'added' }
for i = 1, states do
  local version = string.format('%.0f', math.max(now, tonumber(ARGV[state + 3 * i]) + 1))
  reply[#reply + 1] = version
  redis.call('HSET', KEYS[visitor + i], 'v', version, 's', ARGV[state + 3 * i + 1])
  redis.call('PEXPIRE', KEYS[visitor + i], ARGV[state + 3 * i + 2])
end
return reply
`;

/**
 * Takes entries that have ended out of their lane, and counts those that it really took.
 *
 * KEYS lane, ledger, seals; ARGV what they are counted as, then of each entry: id, weight, bytes
 */
export const SETTLE = `
local weight, bytes, entries = 0, 0, 0
for i = 2, #ARGV, 3 do
  if redis.call('XDEL', KEYS[1], ARGV[i] .. '-1') == 1 then
    weight = weight + tonumber(ARGV[i + 1])
    bytes = bytes + tonumber(ARGV[i + 2])
    entries = entries + 1
  end
  -- Whatever else stands there: what has ended is counted.
  redis.pcall('HDEL', KEYS[3], ARGV[i])
end
if entries > 0 then
  redis.call('HINCRBY', KEYS[2], ARGV[1], weight)
  redis.call('HINCRBY', KEYS[2], 'pending', 0 - weight)
  redis.call('HINCRBY', KEYS[2], 'entries', -entries)
  redis.call('HINCRBY', KEYS[2], 'bytes', -bytes)
end
return entries
`;

/** Fixes the bytes of requests, for whoever has the lease. KEYS lease, seals; ARGV the lease, then id and text of each. */
export const SEAL = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1
`;

/**
 * A sign of life of a process that sends: renews its leases, and takes free ones up to its share.
 *
 * KEYS senders, tokens, then the lease of each lane; ARGV process, milliseconds a lease lasts, then of each lane the lease
 * that the process has of it, or empty, or a dash for one it does not want now
 */
export const LEASE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
local lanes = #KEYS - 2
local share = math.ceil(lanes / redis.call('ZCARD', KEYS[1]))
local count = 0
local held = {}
for i = 1, lanes do
  held[i] = ''
  local mine = ARGV[2 + i]
  local lease = redis.call('GET', KEYS[2 + i])
  -- One that was given out before, though the answer was lost, is as good.
  local ours = lease and (lease == mine or (mine == '' and string.sub(lease, 1, #ARGV[1] + 1) == ARGV[1] .. ':'))
  if ours then
    redis.call('PEXPIRE', KEYS[2 + i], ARGV[2])
    held[i] = lease
    count = count + 1
  end
end
for i = 1, lanes do
  if count < share and held[i] == '' and ARGV[2 + i] ~= '-' and redis.call('EXISTS', KEYS[2 + i]) == 0 then
    held[i] = ARGV[1] .. ':' .. redis.call('INCR', KEYS[2]) .. '.' .. string.format('%.0f', now)
    redis.call('SET', KEYS[2 + i], held[i], 'PX', ARGV[2])
    count = count + 1
  end
end
return { share, held }
`;

/** Gives a lease back. KEYS lease; ARGV the lease. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * What a process counts itself, in absolute numbers; and, of those that have not given a sign of life for long, what they
 * counted last becomes part of the ledger. One that was taken for dead and is not gets its numbers back.
 *
 * KEYS pods, ledger; ARGV beginning of names of pods, of names of the folded, process, milliseconds until one is dead,
 *      milliseconds to remember the dead, 1 when it ends, then its fields and values
 */
export const POD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function count(numbers, sign)
  for i = 1, #numbers, 2 do
    local field, text = numbers[i], numbers[i + 1]
    local number = #text < 16 and string.match(text, '^%d+$') and tonumber(text) or nil
    local counts = field == 'delivered' or string.sub(field, 1, 8) == 'dropped:'
    -- None times minus one is no number for Redis.
    if counts and number ~= nil and number > 0 then
      redis.call('HINCRBY', KEYS[2], field, sign * number)
      redis.call('HINCRBY', KEYS[2], 'accepted', sign * number)
    end
  end
end
local function fold(id)
  local pod = ARGV[1] .. id
  if redis.call('TYPE', pod).ok == 'hash' then
    count(redis.call('HGETALL', pod), 1)
    redis.call('RENAME', pod, ARGV[2] .. id)
    redis.call('PEXPIRE', ARGV[2] .. id, ARGV[5])
  end
  redis.call('ZREM', KEYS[1], id)
end
local folded = ARGV[2] .. ARGV[3]
redis.call('ZREM', KEYS[1], ARGV[3])
if redis.call('EXISTS', folded) == 1 then
  count(redis.call('HGETALL', folded), -1)
  redis.call('DEL', folded)
end
for i = 7, #ARGV, 2 do redis.call('HSET', ARGV[1] .. ARGV[3], ARGV[i], ARGV[i + 1]) end
redis.call('ZADD', KEYS[1], now, ARGV[3])
if ARGV[6] == '1' then fold(ARGV[3]) end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[4])) do fold(id) end
return 1
`;

/**
 * Whether a lane has an entry of a device between two numbers: the id of the first one, or empty.
 *
 * KEYS lane; ARGV device, from, before
 */
export const EARLIER = `
local from = ARGV[2]
while true do
  local found = redis.call('XRANGE', KEYS[1], from, '(' .. ARGV[3] .. '-1', 'COUNT', 500)
  for _, entry in ipairs(found) do
    if entry[2][2] == ARGV[1] then return entry[1] end
  end
  if #found < 500 then return '' end
  from = '(' .. found[#found][1]
end
`;

/**
 * Entries that wait and are no younger than a number, at most a thousand a lane.
 *
 * KEYS lanes; ARGV the number
 */
export const WAITING = `
local waiting = 0
for i = 1, #KEYS do
  waiting = waiting + #redis.call('XRANGE', KEYS[i], '-', ARGV[1] .. '-1', 'COUNT', 1000)
end
return waiting
`;

/** Everything a status tells, at one moment. KEYS ledger, pods, then lane and lease of each; ARGV beginning of names of pods. */
export const STATUS = `
local pods, lanes = {}, {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local pod = ARGV[1] .. id
  if redis.call('TYPE', pod).ok == 'hash' then pods[#pods + 1] = { id, redis.call('HGETALL', pod) } end
end
for i = 3, #KEYS, 2 do
  local first = redis.call('XRANGE', KEYS[i], '-', '+', 'COUNT', 1)[1]
  lanes[#lanes + 1] = {
    redis.call('GET', KEYS[i + 1]) or '', redis.call('XLEN', KEYS[i]), first and first[2][4] or '',
  }
end
return { redis.call('HGETALL', KEYS[1]), pods, lanes }
`;
