# Makes the reference figures of exponential smoothing with R's forecast package (8.20), an independent implementation.
#
# Usage: Rscript ets.R ../data/reference      writes ets_series.csv, ets_forms.csv and ets_choice.csv there.
# The series are R's own datasets and plain arithmetic, so that anyone can make them again.
# ets_forms.csv: R's optimum of each form: smoothing parameters, initial states (level, trend, indices in the order in
# which they are used), log-likelihood, AICc, and forecasts with their variances for 24 steps.
suppressMessages(library(forecast))

args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "."

noise <- function(i) sin(12.9898 * i) * cos(78.233 * i * i)
monthly <- function(n) {
  i <- seq_len(n)
  ts(round((100 + 0.8 * i) * (1 + 0.2 * sin(2 * pi * i / 12)) * (1 + 0.05 * noise(i)), 6), frequency = 12)
}
series <- list(
  AirPassengers = AirPassengers, USAccDeaths = USAccDeaths, nottem = window(nottem, start = 1932),
  ldeaths = ldeaths, UKgas = UKgas, JohnsonJohnson = JohnsonJohnson, UKDriverDeaths = window(UKDriverDeaths, start = 1977),
  co2 = window(co2, start = 1990), LakeHuron = LakeHuron, Nile = Nile, WWWusage = WWWusage, made48 = monthly(48), made30 = monthly(30)
)

number <- function(x) paste(sprintf("%.12g", x), collapse = ";")
series_lines <- "series,period,values"
form_lines <- "series,error,trend,season,alpha,beta,gamma,phi,level,slope,indices,log_likelihood,aicc,mean,variance"
choice_lines <- "series,form,aicc"
for (name in names(series)) {
  y <- series[[name]]
  series_lines <- c(series_lines, paste(name, frequency(y), number(as.numeric(y)), sep = ","))
  for (error in c("A", "M")) for (trend in c("N", "A", "Ad")) for (season in c("N", "A", "M")) {
    if (error == "A" && season == "M" || season != "N" && frequency(y) == 1) next
    fit <- ets(as.ts(y), paste0(error, substr(trend, 1, 1), season), damped = trend == "Ad")
    ahead <- forecast(fit, 24, level = 95)
    state <- fit$initstate
    par <- function(key, otherwise) if (key %in% names(fit$par)) fit$par[key] else otherwise
    # R keeps the newest index first: the last of the initial ones is used first.
    indices <- if (season == "N") numeric(0) else rev(state[grep("^s", names(state))])
    form_lines <- c(form_lines, paste(
      name, error, trend, season, number(par("alpha", 0)), number(par("beta", 0)), number(par("gamma", 0)),
      number(par("phi", 1)), number(state["l"]), number(if (trend == "N") 0 else state["b"]), number(indices),
      number(fit$loglik), number(fit$aicc), number(as.numeric(ahead$mean)),
      number(((as.numeric(ahead$upper) - as.numeric(ahead$mean)) / qnorm(0.975))^2), sep = ","))
  }
  chosen <- ets(as.ts(y))
  choice_lines <- c(choice_lines, paste(name, paste0("\"", chosen$method, "\""), number(chosen$aicc), sep = ","))
}
writeLines(series_lines, file.path(path, "ets_series.csv"))
writeLines(form_lines, file.path(path, "ets_forms.csv"))
writeLines(choice_lines, file.path(path, "ets_choice.csv"))
