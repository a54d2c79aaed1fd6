-- What the console reads. Verifications in a minute, an hour and a day of UTC, by the moment of their request: codes with what
-- became of them, and the messages that carried them. `bucket` is the time to verify on a logarithmic scale, and -1 for codes
-- that were not verified and for messages. An empty carrier or country is none. Hours and days are the sums of those minutes that
-- have been counted, so a change of a minute is added to all three.
create table verification_rollups (
  project_id text not null,
  span text not null check (span in ('minute', 'hour', 'day')),
  at timestamptz not null,
  channel text not null,
  country text not null,
  carrier text not null,
  bucket smallint not null,
  sent integer not null,
  accepted integer not null,
  delivered integer not null,
  messages integer not null,
  refused integer not null,
  lost integer not null,
  cost bigint not null,
  primary key (project_id, span, at, channel, country, carrier, bucket)
) with (fillfactor = 80);

-- Minutes whose verifications have changed since they were counted, as reports of carriers do for days. Written in the transaction
-- of the change; whoever counts such a minute again removes the entries that it saw.
create table stale_rollups (
  id bigint generated always as identity primary key,
  project_id text not null,
  minute timestamptz not null
);
create index stale_rollups_project on stale_rollups (project_id, minute);

-- The servers that run, as each says of itself every few seconds.
create table nodes (
  id text primary key,
  host text not null,
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  breakers json not null
);

-- Imports of users that operators have started in the background.
create table imports (
  project_id text not null,
  id text not null,
  node_id text not null,
  state text not null check (state in ('running', 'finished', 'failed')),
  share real not null,
  report json not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (project_id, id)
);
