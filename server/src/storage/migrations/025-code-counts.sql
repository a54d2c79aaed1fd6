-- How many codes were sent in an hour of UTC, and how many of them were verified: what statistics, totals and deep pages of
-- records are read from. Sends and checks add to rows of their own, so that they do not wait for each other.
create table code_counts (
  project_id text not null,
  purpose text not null,
  hour timestamptz not null,
  outcome text not null check (outcome in ('sent', 'verified')),
  channel text not null,
  count bigint not null,
  primary key (project_id, purpose, hour, outcome, channel)
) with (fillfactor = 50);

-- Makes the counts agree with the codes, and returns how many did not. What the two differ by is the same in every snapshot,
-- because a batch commits both; so the difference is added, whatever batches add meanwhile.
create function rebuild_code_counts() returns bigint
  language plpgsql security definer
  as $$
declare
  wrong bigint;
begin
  -- Against another rebuild, and against days that are dropped meanwhile.
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  with actual as (
    select c.project_id, c.purpose, date_trunc('hour', c.created_at, 'UTC') as hour, o.outcome, c.channel, count(*) as count
    from challenges c
    cross join (values ('sent'), ('verified')) as o(outcome)
    where c.content = 'code' and (o.outcome = 'sent' or c.used_at is not null)
    group by 1, 2, 3, 4, 5
  ),
  differing as (
    select project_id, purpose, hour, outcome, channel, coalesce(a.count, 0) - coalesce(k.count, 0) as count
    from actual a
    full join code_counts k using (project_id, purpose, hour, outcome, channel)
    where coalesce(a.count, 0) <> coalesce(k.count, 0)
    order by project_id, purpose, hour, outcome, channel
  ),
  written as (
    insert into code_counts as k (project_id, purpose, hour, outcome, channel, count)
    select project_id, purpose, hour, outcome, channel, count
    from differing
    on conflict (project_id, purpose, hour, outcome, channel) do update set count = k.count + excluded.count
    returning 1
  )
  select count(*) into wrong from written;
  return wrong;
end
$$;

-- The counts of a day go with its codes.
create or replace function drop_partitions(before timestamptz) returns void
  language sql security definer
  as $$
  delete from code_counts where hour < date_trunc('day', before, 'UTC');
  select drop_days(array['challenges'], before);
$$;

-- Makes the index by which records are found by the id that their caller gave, on one day that is over and has none yet; null when
-- there is no such day. A send does not pay for it: the day is indexed at once when nothing is sent in it any more.
create function index_closed_day() returns text
  language plpgsql security definer
  as $$
declare
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  select child.relname into part
  from pg_inherits
  join pg_class child on child.oid = inhrelid
  where inhparent = 'challenges'::regclass
    and right(child.relname, 8) < to_char((clock_now() - interval '1 hour') at time zone 'UTC', 'YYYYMMDD')
    and to_regclass(child.relname || '_record') is null
  order by child.relname desc
  limit 1;
  if part is not null then
    execute format('create index %I on %I (record_id) where record_id is not null', part || '_record', part);
  end if;
  return part;
end
$$;

-- What runs with the rights of the owner looks for its tables among ours first, and among temporary ones last.
do $$
declare
  trusted regprocedure;
begin
  for trusted in
    select oid from pg_proc where prosecdef and pronamespace = current_schema()::regnamespace
  loop
    execute format('alter function %s set search_path = %I, pg_temp', trusted, current_schema());
  end loop;
end
$$;

-- Nothing is sent or checked until what there is has been counted. The lock of the days comes first, as where they are dropped.
select pg_advisory_xact_lock(hashtext('watchword.partitions'));
lock table challenges in share row exclusive mode;
select rebuild_code_counts();
