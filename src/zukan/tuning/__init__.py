"""A search for the best recipe: trials with Optuna, on items held out from the training items."""
