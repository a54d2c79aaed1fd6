-- Which networks have caused the sends and failures of an address, and which have proven it: null where only callers with
-- keys have. `sends` has an entry for each of the column `sends`, `failed` those of the run, `proven` the latest first.
alter table recipients add column networks jsonb;

-- A run of failures now lasts until its lock has ended. The addresses that are locked stay locked for everybody.
update recipients set failures_in_row = 10 where locked_until > clock_now();
