#!/usr/bin/env Rscript
# Makes test/data/reference/arima.csv: maximum likelihood of fixed ARIMA orders and forecasts by R's stats::arima, on
# series that come with R. Usage: Rscript test/reference/arima.R > test/data/reference/arima.csv
#
# The log-likelihood is that of the differenced series, fitted as a stationary one: stats::arima gives differences a
# large but finite prior instead, which moves it by some thousandths. Series with missing values have no differenced
# form; theirs is taken as it is, with a larger prior. Rows: case, what, index, value.
cases <- list(
    list("air", log(AirPassengers), c(0, 1, 1), c(0, 1, 1), FALSE),
    list("air_drift", log(AirPassengers), c(1, 0, 1), c(0, 1, 1), TRUE),
    list("accidents", USAccDeaths / 1e4, c(0, 1, 1), c(0, 1, 1), FALSE),
    list("accidents_mean", USAccDeaths / 1e4, c(1, 0, 0), c(1, 0, 0), TRUE),
    list("lake", LakeHuron - 570, c(1, 0, 1), c(0, 0, 0), TRUE),
    list("lh", lh, c(3, 0, 0), c(0, 0, 0), TRUE),
    list("nile", Nile / 1000, c(0, 1, 1), c(0, 0, 0), FALSE),
    list("nile_drift", Nile / 1000, c(1, 1, 1), c(0, 0, 0), TRUE),
    list("www", WWWusage / 100, c(3, 1, 0), c(0, 0, 0), FALSE),
    list("www_twice", WWWusage / 100, c(2, 2, 0), c(0, 0, 0), FALSE),
    list("gas", log(UKgas), c(0, 1, 1), c(0, 1, 1), FALSE),
    list("gas_ar", log(UKgas), c(1, 0, 0), c(2, 1, 0), TRUE),
    list("temperature", nottem / 50, c(1, 0, 0), c(2, 1, 0), FALSE),
    list("drivers", log10(UKDriverDeaths), c(1, 0, 0), c(0, 1, 1), FALSE),
    list("presidents", window(presidents, 1950) / 50, c(1, 0, 0), c(1, 0, 0), TRUE),
    list("air_gaps", replace(log(AirPassengers), c(51, 52, 101, 140, 143, 144), NA), c(0, 1, 1), c(0, 1, 1), FALSE))

row <- function(name, what, values) {
    cat(sprintf("%s,%s,%d,%.12g\n", name, what, seq_along(values) - 1L, as.numeric(values)), sep = "")
}
tight <- list(reltol = 1e-15, maxit = 2000)
cat("case,what,index,value\n")
for (one in cases) {
    name <- one[[1]]; y <- one[[2]]; order <- one[[3]]; seasonal <- one[[4]]; constant <- one[[5]]
    m <- frequency(y)
    drift <- constant && order[2] + seasonal[2] == 1
    xreg <- if (drift) cbind(drift = seq_along(y)) else NULL
    whole <- arima(y, order, list(order = seasonal, period = m), xreg = xreg, include.mean = constant, method = "ML",
                   optim.control = tight, kappa = if (anyNA(y)) 1e8 else 1e6)
    row(name, "value", y)
    row(name, "period", m)
    row(name, "order", c(order, seasonal, constant))
    w <- y
    if (seasonal[2] > 0) w <- diff(w, m, seasonal[2])
    if (order[2] > 0) w <- diff(w, 1, order[2])
    inner <- if (anyNA(y)) whole else
        arima(w, c(order[1], 0, order[3]), list(order = c(seasonal[1], 0, seasonal[3]), period = m),
              include.mean = constant, method = "ML", optim.control = tight)
    row(name, "log_likelihood", inner$loglik)
    ahead <- predict(whole, 12, newxreg = if (drift) cbind(drift = length(y) + 1:12) else NULL)
    row(name, "mean", ahead$pred)
    row(name, "se", ahead$se / sqrt(whole$sigma2))  # in units of the standard deviation of the shocks
}
