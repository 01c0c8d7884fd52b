# Fixed ARIMA, ETS and Theta models by R (packages stats and forecast) on a sample of the series of a file, for
# agreement.cpp to compare with. Usage: Rscript agreement.R series.csv.gz folder [monthly series] [quarterly series]
# [families, comma separated: arima,ets,theta]
# Writes series.csv (id,period,horizon,values) and fits.csv (id,model,search,loglik,mean,parameters), lists by ";".
#
# Each model is fitted twice. "plain" is what a user of R gets. "best" is the highest likelihood R's own functions reach
# from several starts with a tight tolerance, because R's searches often stop before the top.
suppressMessages(suppressWarnings(library(forecast)))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "agreement_likelihood.R"))
given <- commandArgs(trailingOnly = TRUE)
if (length(given) < 2) stop("Usage: Rscript agreement.R series.csv.gz folder [monthly series] [quarterly series]")
all <- read.csv(given[1], stringsAsFactors = FALSE)
folder <- given[2]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
most <- c(M = if (length(given) > 2) as.integer(given[3]) else 100L,
          Q = if (length(given) > 3) as.integer(given[4]) else 50L)

families <- if (length(given) > 4) strsplit(given[5], ",")[[1]] else c("arima", "ets", "theta")

# p, d, q, P, D, Q, constant (a mean where nothing is differenced, else a drift)
arima_orders <- list(c(0, 1, 1, 0, 1, 1, 0), c(2, 1, 2, 0, 1, 1, 0), c(2, 0, 1, 0, 1, 1, 1), c(1, 0, 0, 1, 0, 0, 1),
                     c(0, 1, 1, 0, 0, 0, 1), c(1, 1, 1, 0, 0, 0, 0), c(2, 0, 1, 0, 0, 0, 1))
ets_forms <- list(c("A", "N", "N"), c("A", "A", "N"), c("A", "Ad", "N"), c("A", "N", "A"), c("A", "A", "A"),
                  c("A", "Ad", "A"), c("M", "N", "N"), c("M", "A", "N"), c("M", "Ad", "N"), c("M", "N", "A"),
                  c("M", "A", "A"), c("M", "N", "M"), c("M", "A", "M"), c("M", "Ad", "M"))

number <- function(x) paste(sprintf("%.15g", as.numeric(x)), collapse = ";")
quietly <- function(expression) tryCatch(suppressWarnings(expression), error = function(e) NULL)
write_fit <- function(id, model, search, fit) {
    if (is.null(fit)) return()
    writeLines(paste(id, model, search, number(fit$loglik), number(fit$mean), number(fit$parameters), sep = ","), fits)
}
highest <- function(candidates) {
    candidates <- Filter(function(one) !is.null(one) && is.finite(one$loglik), candidates)
    if (length(candidates) == 0) return(NULL)
    candidates[[which.max(sapply(candidates, function(one) one$loglik))]]
}

# ---- ARIMA
arima_fit <- function(y, order, h, ...) quietly({
    differenced <- order[2] + order[5] > 0
    fit <- Arima(y, order[1:3], list(order = order[4:6], period = frequency(y)),
                 include.mean = order[7] == 1 && !differenced, include.drift = order[7] == 1 && differenced, ...)
    list(loglik = arima_loglik(y, frequency(y), order, fit$coef), mean = forecast(fit, h)$mean, parameters = fit$coef)
})
fit_arima <- function(id, y, order, h) {
    model <- paste("arima", paste(order, collapse = " "))
    plain <- arima_fit(y, order, h)
    tight <- list(reltol = 1e-12, maxit = 1000)
    write_fit(id, model, "plain", plain)
    write_fit(id, model, "best", highest(list(
        plain, arima_fit(y, order, h, optim.control = tight),
        arima_fit(y, order, h, method = "ML", optim.control = tight))))
}

# ---- ETS
# Smoothing parameters as shares of what their bounds leave, so that the region is a box; the last seasonal index
# follows from the others.
low <- c(1e-4, 1e-4, 1e-4, 0.8)
high <- c(0.9999, 0.9999, 0.9999, 0.98)
ets_at <- function(x, y, form, m, whole = FALSE) {
    trended <- form[2] != "N"; seasonal <- form[3] != "N"; damped <- form[2] == "Ad"
    alpha <- low[1] + x[1] * (high[1] - low[1])
    at <- 2
    beta <- gamma <- phi <- NULL
    if (trended) { beta <- low[2] + x[at] * (alpha - low[2]); at <- at + 1 }
    if (seasonal) { gamma <- low[3] + x[at] * max(1 - alpha - low[3], 0); at <- at + 1 }
    if (damped) { phi <- low[4] + x[at] * (high[4] - low[4]); at <- at + 1 }
    states <- x[at:length(x)]
    if (seasonal) states <- c(states, m * (form[3] == "M") - sum(states[(2 + trended):length(states)]))
    refused <- if (whole) NULL else Inf
    if (form[3] == "M" && min(states[-seq_len(1 + trended)]) < 0) return(refused)
    # Inside the box few points are inadmissible and finding out is dear: judged at the end alone.
    if (whole && !forecast:::check.param(alpha, beta, gamma, phi, low, high, "both", m)) return(refused)
    ran <- forecast:::pegelsresid.C(y, if (seasonal) m else 1, states, form[1], substr(form[2], 1, 1), form[3], damped,
                                    alpha, beta, gamma, phi, 3L)
    if (is.na(ran$lik) || ran$lik < -1e10) return(refused)
    if (!whole) return(ran$lik)
    list(loglik = -ran$lik / 2, last = ran$states[nrow(ran$states), ], alpha = alpha, beta = beta, gamma = gamma,
         phi = phi, states = states, e = ran$e)
}
# R's own forecast from other parameters and states: with a multiplicative season its mean also hangs on sigma2.
ets_figures <- function(at, fit, form, h) {
    fit$par[c("alpha", "beta", "gamma", "phi")] <- unlist(lapply(at[c("alpha", "beta", "gamma", "phi")], function(one)
        if (is.null(one)) NA else one))
    fit$par <- fit$par[!is.na(fit$par)]
    fit$states[nrow(fit$states), ] <- at$last
    fit$sigma2 <- fit$sigma2 * sum(at$e^2) / sum(fit$residuals^2)
    or <- function(value, otherwise) if (is.null(value)) otherwise else value
    list(loglik = at$loglik, mean = forecast(fit, h, level = 80)$mean,
         parameters = c(at$alpha, or(at$beta, 0), or(at$gamma, 0), or(at$phi, 1), at$states[1],
                        if (form[2] != "N") at$states[2] else 0,
                        if (form[3] != "N") rev(tail(at$states, frequency(fit$x)))))
}
fit_ets <- function(id, y, form, h) {
    m <- frequency(y)
    if ((form[1] == "M" || form[3] == "M") && min(y) <= 0) return()
    fit <- quietly(ets(y, paste0(form[1], substr(form[2], 1, 1), form[3]), damped = form[2] == "Ad", biasadj = FALSE))
    if (is.null(fit) || !is.finite(fit$loglik)) return()
    model <- paste("ets", paste(form, collapse = " "))
    trended <- form[2] != "N"; seasonal <- form[3] != "N"
    p <- fit$par
    pick <- function(name) if (name %in% names(p)) p[[name]] else NULL
    plain <- ets_figures(list(loglik = fit$loglik, last = as.numeric(tail(fit$states, 1)), alpha = pick("alpha"),
                              beta = pick("beta"), gamma = pick("gamma"), phi = pick("phi"), e = fit$residuals,
                              states = as.numeric(fit$states[1, ])), fit, form, h)
    write_fit(id, model, "plain", plain)

    share <- function(value, from, to) if (to > from) min(max((value - from) / (to - from), 0), 1) else 0
    first <- share(p[["alpha"]], low[1], high[1])
    if (trended) first <- c(first, share(p[["beta"]], low[2], p[["alpha"]]))
    if (seasonal) first <- c(first, share(p[["gamma"]], low[3], 1 - p[["alpha"]]))
    if (form[2] == "Ad") first <- c(first, share(p[["phi"]], low[4], high[4]))
    states <- as.numeric(fit$states[1, ])
    if (seasonal) states <- states[-length(states)]
    smoothings <- length(first)
    starts <- list(first, c(0.1, rep(0.3, smoothings))[seq_len(smoothings)])
    found <- lapply(starts, function(start) quietly({
        end <- nlminb(c(start, states), ets_at, y = as.numeric(y), form = form, m = m,
                      lower = c(rep(0, smoothings), rep(-Inf, length(states))),
                      upper = c(rep(1, smoothings), rep(Inf, length(states))),
                      control = list(iter.max = 150, eval.max = 300, rel.tol = 1e-10))
        ets_figures(ets_at(end$par, as.numeric(y), form, m, whole = TRUE), fit, form, h)
    }))
    write_fit(id, model, "best", highest(c(list(plain), found)))
}

# ---- Theta
# Its one parameter is that of simple smoothing on the adjusted series (as thetaf does it); the figure to compare is the
# likelihood of that smoothing, -n/2 log(mean square), at R's alpha and first level.
fit_theta <- function(id, y, h) {
    n <- length(y)
    m <- frequency(y)
    whole <- thetaf(y, h = h)
    x <- y
    if (n > 2 * m) {
        r <- as.numeric(acf(y, lag.max = m, plot = FALSE)$acf)[-1]
        if (abs(r[m]) / sqrt((1 + 2 * sum(r[-m]^2)) / n) > qnorm(0.95)) {
            parts <- decompose(y, type = "multiplicative")
            if (all(abs(parts$seasonal) >= 1e-4)) x <- seasadj(parts)
        }
    }
    alpha <- whole$model$alpha
    smoothing <- ses(x, h = h)$model
    if (abs(smoothing$par[["alpha"]] - alpha) > 1e-12) stop("adjustment of theta misread on ", id)
    fit <- list(loglik = -n / 2 * log(mean(smoothing$residuals^2)), mean = whole$mean, parameters = c(alpha, x))
    write_fit(id, "theta", "plain", fit)
    squares <- function(alpha, start) {
        level <- start
        sum <- 0
        for (value in as.numeric(x)) { sum <- sum + (value - level)^2; level <- level + alpha * (value - level) }
        sum
    }
    slope <- whole$model$drift
    better <- lapply(c(0.01, 0.3, 0.9, alpha), function(start) {
        end <- nlminb(c(start, x[1]), function(at) squares(at[1], at[2]), lower = c(1e-4, -Inf), upper = c(0.9999, Inf),
                      control = list(rel.tol = 1e-13))
        level <- end$par[2]
        for (value in as.numeric(x)) level <- level + end$par[1] * (value - level)
        season <- if (identical(x, y)) 1 else rep_len(tail(as.numeric(y / x), m), h)
        reach <- seq_len(h) - 1 + (1 - (1 - end$par[1])^n) / end$par[1]
        list(loglik = -n / 2 * log(end$objective / n), mean = (level + slope * reach) * season,
             parameters = c(end$par[1], x))
    })
    write_fit(id, "theta", "best", highest(c(list(fit), better)))
}

series <- file(file.path(folder, "series.csv"), "w")
fits <- file(file.path(folder, "fits.csv"), "w")
writeLines("id,period,horizon,values", series)
writeLines("id,model,search,loglik,mean,parameters", fits)
set.seed(3)
for (freq in c("Q", "M")) {
    m <- if (freq == "M") 12 else 4
    h <- if (freq == "M") 12 else 8
    ids <- sort(unique(all$id[all$freq == freq]))
    for (id in sample(ids)[seq_len(min(length(ids), most[[freq]]))]) {
        values <- all$value[all$id == id & all$split == "train"]
        y <- ts(values / mean(abs(values)), frequency = m)
        # What both sides read is the same decimal number.
        y[] <- as.numeric(sprintf("%.15g", y))
        writeLines(paste(id, m, h, number(y), sep = ","), series)
        if ("arima" %in% families) for (order in arima_orders) fit_arima(id, y, order, h)
        if ("ets" %in% families) for (form in ets_forms) fit_ets(id, y, form, h)
        if ("theta" %in% families) fit_theta(id, y, h)
        flush(series)
        flush(fits)
    }
}
close(series)
close(fits)
