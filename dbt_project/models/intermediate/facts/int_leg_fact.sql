-- Facts about legs: of every file feed that `leg_files` lists, written from the register, and of events.
{{ leg_facts() }}
