-- What carriers report of messages. Null as long as nothing was reported: an accepted message is just accepted.
alter table messages
  add column receipt_state text,
  add column receipt_detail text,
  add column receipt_at timestamptz;
-- Where a carrier gave no id there is nothing to report on. One entry a day's partition; receipts look at three days.
create index messages_receipts on messages (carrier, carrier_message_id) where carrier_message_id is not null;

-- Reports that came before their message was committed, and those on messages that are not ours. They go within minutes.
create table early_receipts (
  carrier text not null,
  carrier_message_id text not null,
  state text not null,
  detail text,
  tries smallint not null default 0,
  next_at timestamptz not null,
  primary key (carrier, carrier_message_id, state)
);
create index early_receipts_due on early_receipts (next_at);

-- Words that carriers use once, where their signature does not cover what they say.
create table receipt_words (
  carrier text not null,
  word text not null,
  body_digest text not null,
  seen_at timestamptz not null default moment(),
  primary key (carrier, word)
);

-- How many messages of an hour were reported delivered and lost. No country is an empty text.
create table delivery_rates (
  hour timestamptz not null,
  carrier text not null,
  channel text not null,
  country text not null,
  delivered bigint not null,
  lost bigint not null,
  primary key (hour, carrier, channel, country)
) with (fillfactor = 50);

-- Carriers that came through the admin API. Settings are sealed as a whole: a dump tells neither passwords nor accounts.
create table carriers (
  name text primary key,
  kind text not null,
  sealed bytea not null,
  updated_at timestamptz not null default moment()
);
