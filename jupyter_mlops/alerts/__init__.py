"""Who hears of runs: what is told, to whom, once for each cause, until it has arrived."""
