"""The pages for support agents and managers, and all that stands behind them."""
