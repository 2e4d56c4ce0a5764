-- The leg merge: macros/leg_merge.sql says how a key is built, aero_streaming/merge/leg_merge.py what wins.
{{ merged_legs(ref('int_leg_fact')) }}
