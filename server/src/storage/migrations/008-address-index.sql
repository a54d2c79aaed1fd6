-- By address alone: a project's column in front made this index and the primary key look alike to the planner while a day
-- was young and had no statistics, and whichever connection planned then read a whole day for every code.
drop index challenges_address;
create index challenges_address on challenges (address, id);
