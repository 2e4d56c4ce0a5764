{{ leg_figures(ref('int_leg')) }}
