-- The setting `brake` has the name that the field gives to such a thing. A project that was stored without it has the default.
update projects
set settings = (settings - 'brake') || jsonb_build_object('pumpingLimit', settings -> 'brake')
where settings ? 'brake';
