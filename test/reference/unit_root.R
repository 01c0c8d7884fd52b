#!/usr/bin/env Rscript
# Makes test/data/reference/unit_root.csv: KPSS statistics (urca), numbers of differences and seasonal strengths
# (forecast 8.20) of series that come with R. Usage: Rscript test/reference/unit_root.R > test/data/reference/unit_root.csv
suppressMessages(library(forecast))
series <- list(air = AirPassengers, accidents = USAccDeaths, lake = LakeHuron, lh = lh, nile = Nile, www = WWWusage,
               gas = UKgas, temperature = nottem, drivers = UKDriverDeaths, lynx = lynx, sunspots = sunspot.year)
cat("series,what,index,value\n")
row <- function(name, what, values)
    cat(sprintf("%s,%s,%d,%.12g\n", name, what, seq_along(values) - 1L, as.numeric(values)), sep = "")
for (name in names(series)) {
    x <- series[[name]]
    row(name, "value", x)
    row(name, "period", frequency(x))
    row(name, "kpss", urca::ur.kpss(x, type = "mu", use.lag = trunc(3 * sqrt(length(x)) / 13))@teststat)
    row(name, "ndiffs", ndiffs(x))
    if (frequency(x) > 1) {
        parts <- stl(x, s.window = 11)$time.series
        rest <- parts[, "remainder"]
        row(name, "strength", max(0, 1 - var(rest) / var(rest + parts[, "seasonal"])))
        row(name, "nsdiffs", nsdiffs(x))
    }
}
