-- No other index of these tables begins with the project as their keys do: a connection that planned while they were empty might take
-- the other one, and read every token, or every open session, of the project for each refresh.
drop index refresh_tokens_session;
create index refresh_tokens_session on refresh_tokens (session_id);
drop index sessions_account;
create index sessions_account on sessions (account_id, project_id) where ended_at is null;

-- Every token but the last of its session is spent, and every refresh updates its session: a version on the same page needs no new
-- entries in the indexes.
alter table refresh_tokens set (fillfactor = 70);
alter table sessions set (fillfactor = 70);

-- Records by the id that their caller gave, on the current day as well. The days that are over have theirs, which becomes a part of
-- this one. A send without such an id does not pay for it.
create index challenges_record on challenges (record_id) where record_id is not null;
drop function index_closed_day();

-- The accounts of one type in the order of their ids. An expression, so that no lookup by address or id can take this index.
create index accounts_of_type on accounts ((project_id || ' ' || type), id);

-- By address first, for the same reason: no other index of accounts begins with it.
drop index accounts_email;
create unique index accounts_email on accounts (email, type, project_id)
  where email is not null and (email_verified_at is not null or phone_verified_at is null);
