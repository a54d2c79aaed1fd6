-- What was sent to an address stands in its challenges, so a send no longer writes a row of its recipient as well. What is
-- left of a recipient is what its guesses have left: failures, locks, and who has proven the address.
alter table challenges add column caller text, add column repeats smallint not null default 0;
alter table recipients drop column sends;
update recipients set networks = networks - 'sends' where networks ? 'sends';
delete from recipients
where cardinality(failures) = 0 and failures_in_row = 0 and locked_until is null
  and not coalesce(networks ? 'proven', false);
