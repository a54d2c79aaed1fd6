-- Standard names. Nodes of the version before may run on beside this one, so the names that they call stay for them, as
-- wrappers; a later migration drops them.

-- The one clock (V10). Tests replace this function to move time for every connection and node at once.
alter function moment() rename to clock_now;
create function moment() returns timestamptz
  language sql volatile
  as 'select clock_now()';

-- Fails the transaction when fewer rows were written than should have been: a conflict, somebody else has changed the others
-- since they were read. The batches' writes end with this, so that they need not wait for an answer before the commit.
alter function demand_rows(bigint, integer) rename to assert_row_count;
create or replace function assert_row_count(written bigint, wanted integer) returns void
  language plpgsql
  as $$
begin
  if written <> wanted then
    raise exception 'conflict: % of % rows written', written, wanted using errcode = 'serialization_failure';
  end if;
end
$$;
create function demand_rows(written bigint, wanted integer) returns void
  language sql volatile
  as 'select assert_row_count(written, wanted)';

-- The functions that were made before call the clock by its new name, so that nothing but old nodes needs the wrapper.
do $$
declare
  older regprocedure;
begin
  for older in
    select oid
    from pg_proc
    where pronamespace = current_schema()::regnamespace and prokind = 'f' and prosrc like '%moment()%'
  loop
    execute replace(pg_get_functiondef(older), 'moment()', 'clock_now()');
  end loop;
end
$$;
