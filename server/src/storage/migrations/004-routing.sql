-- What a send does when nobody verifies it: `[{"channel": "sms", "afterSeconds": 30}]`. `delivery_step` counts those that
-- were taken, and `fallback_at` is the moment of the next one, which any node may take.
alter table challenges
  add column fallbacks json,
  add column delivery_step smallint not null default 0,
  add column fallback_at timestamptz;
create index challenges_fallbacks on challenges (fallback_at) where fallback_at is not null;

-- By which channel and to which country each try went, and what it cost in millionths of the server's currency.
alter table messages
  add column channel text,
  add column country text,
  add column cost bigint not null default 0;

-- The carriers of a project, where they are not the server's: `[{"carrier": "orange", "to": ["CI"], "weight": null}]`.
create table routes (
  project_id text not null,
  channel text not null,
  legs json not null,
  updated_at timestamptz not null default moment(),
  primary key (project_id, channel)
);

-- What projects have spent, for reports; it outlives the records themselves. No country is an empty text.
create table spending (
  project_id text not null,
  day date not null,
  channel text not null,
  carrier text not null,
  country text not null,
  messages bigint not null,
  cost bigint not null,
  primary key (project_id, day, channel, carrier, country)
);

-- What caps are judged by: spent and reserved in a day (`2026-03-01`) and a month (`2026-03`) of UTC.
create table spending_totals (
  project_id text not null,
  period text not null,
  cost bigint not null,
  primary key (project_id, period)
) with (fillfactor = 50);
