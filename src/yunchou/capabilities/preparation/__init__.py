"""Getting ready: venues, supplies, publicity, trainings, speakers, trips, agreements and the go or no-go."""
