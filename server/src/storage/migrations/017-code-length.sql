-- How many digits the code of a challenge has, now that a project may say it. Codes that are alive have those of their API.
alter table challenges add column digits smallint not null default 6 check (digits between 5 and 10);
update challenges
set digits = 5
where purpose in ('citizen', 'kikapu-login') and expires_at > clock_now();
