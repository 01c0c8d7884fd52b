# Makes test/data/reference/simple_models.csv: point forecasts of R's forecast package (8.20 was used) for the simple
# models, on small series that R itself ships. Usage: Rscript simple_models.R > ../data/reference/simple_models.csv
suppressPackageStartupMessages(library(forecast))
demand <- ts(c(0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 7, 0, 0, 0, 0, 2, 0, 6, 0, 0, 0, 5, 0))
series <- list(
  airline = AirPassengers,                     # monthly, strong season
  deaths = USAccDeaths,                        # monthly
  gas = window(UKgas, start = c(1970, 1)),     # quarterly, growing season
  nile = Nile,                                 # yearly, no season
  lake = LakeHuron,                            # yearly, level that wanders
  presidents = na.omit(presidents[70:120]),    # no season, noisy
  short = window(AirPassengers, start = c(1958, 1)),  # 36 months
  demand = demand
)
show <- function(name, m, method, part, values)
  for (i in seq_along(values)) cat(name, m, method, part, i, sprintf("%.10g", values[i]), sep = ",", fill = TRUE)
cat("series,period,method,part,index,value\n")
h <- 14
for (name in names(series)) {
  y <- ts(as.numeric(series[[name]]), frequency = frequency(series[[name]]))
  m <- frequency(y)
  show(name, m, "values", "value", as.numeric(y))
  if (name == "demand") {
    fit <- croston(y, h = h)
    show(name, m, "croston", "mean", as.numeric(fit$mean))
    show(name, m, "croston", "fitted", as.numeric(fit$fitted[-1]))
    next
  }
  fit <- thetaf(y, h = h)
  show(name, m, "theta", "mean", as.numeric(fit$mean))
  fit <- snaive(y, h = h)
  show(name, m, "seasonal_naive", "mean", as.numeric(fit$mean))
  fit <- rwf(y, h = h, drift = TRUE)
  show(name, m, "drift", "mean", as.numeric(fit$mean))
  # The upper 80 % bound gives the variance.
  show(name, m, "drift", "variance", ((as.numeric(fit$upper[, 1]) - as.numeric(fit$mean)) / qnorm(0.9))^2)
  fit <- meanf(y, h = h)
  show(name, m, "mean", "mean", as.numeric(fit$mean))
}
