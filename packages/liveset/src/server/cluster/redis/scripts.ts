/**
 * What Redis runs as one step. KEYS: the stream, and a hash with the log's `epoch`, `last` place and `bytes`. An entry of place
 * n has the id `n-0` and the fields `e` (its epoch) and `t` (its text).
 */

const last = `
local function last(stream)
  local entry = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return entry and entry[1] or false
end`;

const add = `
local function add(stream, meta, epoch, place, text)
  redis.call('XADD', stream, place .. '-0', 'e', epoch, 't', text)
  redis.call('HINCRBY', meta, 'bytes', #text)
end`;

/** No arguments. → epoch, id of the first entry, id of the last; nothing where there is no log. */
export const endsScript: string = `${last}
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not epoch or not first then return {} end
return {epoch, first[1], last(KEYS[1])}`;

/** ARGV: the epoch that there must be and the id of its last entry (both empty for none), the new epoch, place, text. → 1 or 0 */
export const beginScript: string = `${last}${add}
local epoch = redis.call('HGET', KEYS[2], 'epoch') or ''
local id = last(KEYS[1]) or ''
if id == '' then epoch = '' end
if epoch == '' then id = '' end
if epoch ~= ARGV[1] or id ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'epoch', ARGV[3])
add(KEYS[1], KEYS[2], ARGV[3], ARGV[4], ARGV[5])
return 1`;

/** ARGV: epoch, place of the last entry, entries to keep, bytes to keep, then for each new entry its place and text. → 1 or 0 */
export const appendScript: string = `${last}${add}
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] or last(KEYS[1]) ~= ARGV[2] .. '-0' then return 0 end
for i = 5, #ARGV, 2 do add(KEYS[1], KEYS[2], ARGV[1], ARGV[i], ARGV[i + 1]) end
local count = redis.call('XLEN', KEYS[1])
local bytes = tonumber(redis.call('HGET', KEYS[2], 'bytes'))
while count > 1 and (count > tonumber(ARGV[3]) or bytes > tonumber(ARGV[4])) do
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  redis.call('XTRIM', KEYS[1], 'MAXLEN', count - 1)
  bytes = redis.call('HINCRBY', KEYS[2], 'bytes', -#first[2][4])
  count = count - 1
end
return 1`;
