-- What a project sends to one prefix of phone numbers, and whether that was stopped as pumping. The counts begin with the
-- newest slot: five minutes each for the last hour, days for the last week.
create table destinations (
  project_id text not null,
  prefix text not null,
  slot_at timestamptz not null,
  sends integer[] not null,
  verified integer[] not null,
  day_at timestamptz not null,
  days integer[] not null,
  stopped_until timestamptz,
  stop_reason text,
  released_until timestamptz,
  updated_at timestamptz not null,
  primary key (project_id, prefix)
) with (fillfactor = 50);
