"""Draw: filters, candidates, seed, deal, freeze."""
