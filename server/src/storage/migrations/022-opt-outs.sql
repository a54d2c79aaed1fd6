-- Who answered STOP to the sender of a carrier, until START. A row stays after START, so that every node hears of it.
create table opt_outs (
  carrier text not null,
  phone text not null,
  is_out boolean not null,
  changed_at timestamptz not null default clock_now(),
  primary key (carrier, phone)
);
create index opt_outs_changed on opt_outs (changed_at);
