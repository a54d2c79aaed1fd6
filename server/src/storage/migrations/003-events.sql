-- What happened, once and for good. No address stands here: who it was is in the rows that the two ids lead to, and
-- where there are none, in event_people. So a person can be erased while the record of what happened stays.
create table events (
  project_id text not null,
  id bytea not null,
  type text not null,
  challenge_id bytea,
  account_id bigint,
  details json,
  primary key (project_id, id),
  check (octet_length(id) = 12)
) partition by range (id);

create table event_people (
  project_id text not null,
  event_id bytea not null,
  address text not null,
  primary key (project_id, event_id)
) partition by range (event_id);
create index event_people_address on event_people (project_id, address);

create function refuse_change() returns trigger
  language plpgsql
  as $$
begin
  raise exception 'events are append-only' using errcode = 'insufficient_privilege';
end
$$;
-- For each row, because only those triggers reach a partition that a statement names itself.
create trigger events_append_only before update or delete on events
  for each row execute function refuse_change();

create table webhook_endpoints (
  project_id text not null,
  id text not null,
  url text not null,
  event_types text[] not null,
  is_enabled boolean not null default true,
  disabled_reason text,
  secret bytea not null,
  previous_secret bytea,
  previous_until timestamptz,
  -- The first failure since the last success.
  failing_since timestamptz,
  created_at timestamptz not null default moment(),
  primary key (project_id, id)
);

-- What an endpoint is still to be told, and what became of what it was told.
create table webhook_deliveries (
  project_id text not null,
  event_id bytea not null,
  endpoint_id text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  tries smallint not null default 0,
  next_at timestamptz not null,
  last_at timestamptz,
  last_status smallint,
  last_detail text,
  primary key (project_id, event_id, endpoint_id)
) partition by range (event_id);
create index webhook_deliveries_due on webhook_deliveries (project_id, endpoint_id, next_at) where state = 'waiting';

-- How far a periodic piece of work has come.
create table cursors (
  name text primary key,
  position timestamptz not null
);

-- An id like those of challenges: four bytes of seconds, two of milliseconds, six of chance.
create function event_id(at timestamptz) returns bytea
  language sql volatile
  as $$
    select decode(lpad(to_hex(floor(extract(epoch from at))::bigint), 8, '0')
        || lpad(to_hex(mod(floor(extract(epoch from at) * 1000), 1000)::integer), 4, '0'), 'hex')
      || substring(uuid_send(gen_random_uuid()) from 11 for 6)
  $$;

-- Makes the daily partitions from yesterday to two days ahead. `security definer`, here and below: a server whose role
-- does not own the tables may make and drop whole days by these functions, and in no other way.
create or replace function ensure_partitions() returns void
  language plpgsql security definer
  as $$
declare
  day date;
  low text;
  high text;
  kind text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  for offset_days in -1..2 loop
    day := (moment() at time zone 'UTC')::date + offset_days;
    low := lpad(to_hex(extract(epoch from day)::bigint), 8, '0');
    high := lpad(to_hex(extract(epoch from day + 1)::bigint), 8, '0');
    foreach kind in array array['challenges', 'messages', 'events', 'event_people', 'webhook_deliveries'] loop
      part := kind || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(part) is not null;
      execute format('create table %I partition of %I for values from (%L) to (%L)%s',
        part, kind, '\x' || low, '\x' || high,
        case when kind = 'challenges' then ' with (fillfactor = 85)' else '' end);
      if kind = 'events' then
        execute format('create trigger events_no_truncate before truncate on %I execute function refuse_change()', part);
      end if;
    end loop;
  end loop;
end
$$;
alter function ensure_partitions() set search_path from current;

create function drop_days(kinds text[], before timestamptz) returns void
  language plpgsql
  as $$
declare
  part record;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  for part in
    select child.relname
    from pg_inherits
    join pg_class child on child.oid = inhrelid
    join pg_class parent on parent.oid = inhparent
    where parent.relname = any(kinds) and pg_table_is_visible(parent.oid)
      and right(child.relname, 8) < to_char(before at time zone 'UTC', 'YYYYMMDD')
  loop
    execute format('drop table %I', part.relname);
  end loop;
end
$$;

-- Drops whole days of records, of what webhooks were told, and of events. Nobody drops events of the last 30 days, so
-- that what was done yesterday cannot be hidden today.
create or replace function drop_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['challenges', 'messages'], before) $$;
alter function drop_partitions(timestamptz) set search_path from current;

create function drop_delivery_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['webhook_deliveries'], before) $$;
alter function drop_delivery_partitions(timestamptz) set search_path from current;

create function drop_event_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['events', 'event_people'], least(before, moment() - interval '30 days')) $$;
alter function drop_event_partitions(timestamptz) set search_path from current;

revoke execute on function drop_days(text[], timestamptz) from public;

-- For a server whose role does not own the schema: everything that it needs, and no way to change an event.
create function grant_server(role_name text) returns void
  language plpgsql
  as $$
begin
  execute format('grant usage on schema %I to %I', current_schema(), role_name);
  execute format('grant select, insert, update, delete on all tables in schema %I to %I', current_schema(), role_name);
  execute format('revoke update, delete, truncate on events from %I', role_name);
  execute format('revoke insert, update, delete on migrations from %I', role_name);
end
$$;
revoke execute on function grant_server(text) from public;

select ensure_partitions();
