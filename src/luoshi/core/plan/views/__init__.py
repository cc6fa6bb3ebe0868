"""The pages of the plan and the campaign. Split by noun."""
