"""What is done to the shared state inside Redis: one script for each thing that must be whole.

A run has, below its prefix: `sessions`, a sorted set of names by their last use; `servers`, how
many joined; `tokens`, a set of one for each server and all its workers; and for each session
`turns:`, `counts:`, `requests:` and `misses:` with its name. `written:` with the number of a
process is the nonce of what it wrote last. A process listens to `gather`, and to `here:` with its
token. The first arguments of each script are the prefix and the server's token; names are JSON, as
`stored` writes them.
"""

from playhead.account import ENDED, LIMIT, LOST
from playhead.sessions import IDLE_SECONDS, MOST
from playhead.stored import as_text

KEPT_SECONDS = 24 * 3600
"""How long Redis keeps what nobody uses: what a run leaves behind is gone a day later."""

_CONSTANTS = f"""
local P, TOKEN = ARGV[1], ARGV[2]
local DEFAULT, ENDED, LOST = '{as_text("")}', '{as_text(ENDED)}', '{as_text((LOST, ""))}'
local MOST, IDLE, LIMIT, KEPT = {MOST}, {IDLE_SECONDS:.0f}, {LIMIT}, {KEPT_SECONDS}
"""
_COMMON = """
local KINDS = {'turns:', 'counts:', 'requests:', 'misses:'}
local SESSIONS, time = P .. 'sessions', redis.call('TIME')
local now = time[1] + time[2] / 1000000

local function keep(session)
  for _, kind in ipairs(KINDS) do redis.call('EXPIRE', P .. kind .. session, KEPT) end
  redis.call('EXPIRE', SESSIONS, KEPT)
  redis.call('EXPIRE', P .. 'servers', KEPT)
  redis.call('EXPIRE', P .. 'tokens', KEPT)
end

-- The default session, and the sum of those that ended, never end: they are used for ever.
local function touch(session)
  local used = (session == DEFAULT or session == ENDED) and 'inf' or string.format('%.6f', now)
  redis.call('ZADD', SESSIONS, used, session)
  keep(session)
end

local function drop(session)
  for _, kind in ipairs(KINDS) do redis.call('DEL', P .. kind .. session) end
  redis.call('ZREM', SESSIONS, session)
end

-- A field is the JSON of a count's kind and name, or one of three words that no JSON is.
local function add(session, field, value)
  local key = P .. 'counts:' .. session
  if field ~= 'first' and field ~= 'last' then return redis.call('HINCRBY', key, field, value) end
  local before = tonumber(redis.call('HGET', key, field) or 0)
  local given = tonumber(value)
  if given == 0 then return end
  if before == 0 or (field == 'first' and given < before) or (field == 'last' and given > before)
  then redis.call('HSET', key, field, value) end
end

-- A server finds its token as it left it; else Redis lost what it held, or another run began.
local function find_token()
  local is_new = redis.call('SADD', P .. 'tokens', TOKEN) == 1
  redis.call('EXPIRE', P .. 'tokens', KEPT)
  if not is_new then return end
  add(DEFAULT, LOST, 1)
  touch(DEFAULT)
end

local function end_overdue()
  local gone = redis.call('ZRANGEBYSCORE', SESSIONS, '-inf', string.format('(%.6f', now - IDLE))
  local over = redis.call('ZCOUNT', SESSIONS, '-inf', '(inf') - MOST
  if over > #gone then gone = redis.call('ZRANGE', SESSIONS, 0, over - 1) end
  for _, session in ipairs(gone) do
    local kept = redis.call('HGETALL', P .. 'counts:' .. session)
    for i = 1, #kept, 2 do add(ENDED, kept[i], kept[i + 1]) end
    add(ENDED, 'ended', 1)
    touch(ENDED)
    drop(session)
  end
end
"""

_JOIN = """
-- Who joins listens before: a server is there from the moment at which its token is.
local function is_anyone_there()
  for _, token in ipairs(redis.call('SMEMBERS', P .. 'tokens')) do
    if redis.call('PUBSUB', 'NUMSUB', P .. 'here:' .. token)[2] > 0 then return true end
  end
  return false
end

local resumes = ARGV[3] == '1'
if not resumes and not is_anyone_there() then
  for _, session in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do drop(session) end
  redis.call('DEL', P .. 'tokens')
end
if resumes then find_token() else redis.call('SADD', P .. 'tokens', TOKEN) end
local number = redis.call('INCR', P .. 'servers')
redis.call('EXPIRE', P .. 'servers', KEPT)
redis.call('EXPIRE', P .. 'tokens', KEPT)
return number
"""
_TAKE = """
find_token()
local turn = redis.call('HINCRBY', P .. 'turns:' .. ARGV[3], ARGV[4], 1)
touch(ARGV[3])
if turn == 1 then end_overdue() end
return turn - 1
"""
_REWIND = """
find_token()
local chosen = ARGV[3] and {ARGV[3]} or redis.call('ZRANGE', SESSIONS, 0, -1)
for _, session in ipairs(chosen) do redis.call('DEL', P .. 'turns:' .. session) end
"""
_WRITE = """
find_token()
local WRITTEN, nonce = P .. 'written:' .. ARGV[4], ARGV[5]
if nonce ~= '' and redis.call('GET', WRITTEN) == nonce then return end
redis.call('SET', WRITTEN, nonce, 'EX', KEPT)
for _, account in ipairs(cjson.decode(ARGV[3])) do
  local session = account[1]
  for _, count in ipairs(account[2]) do add(session, count[1], count[2]) end
  for i, kind in ipairs({'requests:', 'misses:'}) do
    local key = P .. kind .. session
    for _, entry in ipairs(account[i + 2]) do redis.call('RPUSH', key, entry) end
    redis.call('LTRIM', key, -LIMIT, -1)
  end
  touch(session)
end
end_overdue()
"""
_READ = """
find_token()
end_overdue()
local found = {}
for _, session in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do
  keep(session)
  if not ARGV[3] or ARGV[3] == session then
    local counts = redis.call('HGETALL', P .. 'counts:' .. session)
    local lost = redis.call('HGET', P .. 'counts:' .. DEFAULT, LOST)
    if lost and ARGV[3] and session ~= DEFAULT then
      table.insert(counts, LOST)
      table.insert(counts, lost)
    end
    table.insert(found, {
      session,
      counts,
      redis.call('LRANGE', P .. 'requests:' .. session, 0, -1),
      redis.call('LRANGE', P .. 'misses:' .. session, 0, -1)})
  end
end
return found
"""

JOIN = _CONSTANTS + _COMMON + _JOIN
"""Join; return the number of the server. Where none that joined listens, the run begins anew.

Not for one that resumes, which says so with `1`.
"""
TAKE = _CONSTANTS + _COMMON + _TAKE
"""Return the turn of a session and a sequence."""
REWIND = _CONSTANTS + _COMMON + _REWIND
"""Begin the turns of a session again, or of all."""
WRITE = _CONSTANTS + _COMMON + _WRITE
"""Add accounts, given as JSON, by the number of who writes; not where its last nonce is the same.
"""
READ = _CONSTANTS + _COMMON + _READ
"""Return the name, counts, requests and misses of a session, or of all.

What was lost is counted once, in the default session: it is told with one that is read alone.
"""
