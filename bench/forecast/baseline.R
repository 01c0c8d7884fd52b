# Forecasts of R's package forecast on the series of a file, for evaluate.cpp to compare with.
# Usage: Rscript baseline.R series.csv.gz folder [monthly series] [quarterly series]
# Series come in a seeded order, so that any number of first ones is a random sample. Written as they are ready:
# points.csv (id,setting,method,step,mean,lo80,hi80,lo95,hi95) and fits.csv (id,setting,method,seconds,loglik,model).
suppressMessages(suppressWarnings(library(forecast)))
given <- commandArgs(trailingOnly = TRUE)
if (length(given) < 2) stop("Usage: Rscript baseline.R series.csv.gz folder [monthly series] [quarterly series]")
all <- read.csv(given[1], stringsAsFactors = FALSE)
folder <- given[2]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
most <- c(Q = if (length(given) > 3) as.integer(given[4]) else Inf,
          M = if (length(given) > 2) as.integer(given[3]) else Inf)

points <- file(file.path(folder, "points.csv"), "w")
fits <- file(file.path(folder, "fits.csv"), "w")
writeLines("id,setting,method,step,mean,lo80,hi80,lo95,hi95", points)
writeLines("id,setting,method,seconds,loglik,model", fits)

# Naive 2 as in the M4 competition: naive on the seasonally adjusted series where the season is significant at 90 %.
seasonal_by_test <- function(y, m) {
    if (m == 1 || length(y) < 3 * m) return(FALSE)
    r <- as.numeric(acf(y, lag.max = m, plot = FALSE)$acf)[-1]
    isTRUE(abs(r[m]) > 1.645 * sqrt((1 + 2 * sum(r[-m]^2)) / length(y)))
}
naive2 <- function(y, h) {
    m <- frequency(y)
    season <- rep(1, m)
    if (seasonal_by_test(y, m)) {
        parts <- decompose(y, type = "multiplicative")
        if (all(parts$figure > 1e-4)) season <- as.numeric(parts$seasonal)
    }
    season <- rep_len(season, length(y))
    adjusted <- ts(as.numeric(y) / season, start = start(y), frequency = m)
    f <- naive(adjusted, h = h, level = c(80, 95))
    ahead <- rep_len(season[(length(y) - m + 1):length(y)], h)
    list(mean = f$mean * ahead, lower = f$lower * ahead, upper = f$upper * ahead, model = "")
}
methods <- list(
    arima = function(y, h) forecast(auto.arima(y), h = h, level = c(80, 95)),
    ets = function(y, h) forecast(ets(y), h = h, level = c(80, 95)),
    theta = function(y, h) thetaf(y, h = h, level = c(80, 95)),
    stlf = function(y, h) stlf(y, h = h, level = c(80, 95)),
    snaive = function(y, h) snaive(y, h = h, level = c(80, 95)),
    naive2 = naive2)

write_points <- function(id, setting, method, table) {
    steps <- seq_len(nrow(table))
    writeLines(paste(id, setting, method, steps, apply(signif(table, 12), 1, paste, collapse = ","), sep = ","), points)
}
run <- function(id, setting, y, h) {
    tables <- list()
    for (method in names(methods)) {
        before <- sum(proc.time()[1:2])
        f <- tryCatch(suppressWarnings(methods[[method]](y, h)), error = function(e) NULL)
        seconds <- sum(proc.time()[1:2]) - before
        # stlf needs more than two periods; the mean of the four takes ets in its place, as does its own row.
        if (is.null(f) && method == "stlf") { tables$stlf <- tables$ets; next }
        if (is.null(f)) next
        tables[[method]] <- cbind(as.numeric(f$mean), f$lower[, 1], f$upper[, 1], f$lower[, 2], f$upper[, 2])
        loglik <- tryCatch(as.numeric(logLik(f$model)), error = function(e) NA)
        words <- if (is.null(f$method)) method else f$method
        writeLines(paste(id, setting, method, round(seconds, 4), signif(loglik, 12), gsub(",", ";", words), sep = ","), fits)
    }
    mean_of <- function(names) if (all(names %in% names(tables))) Reduce(`+`, tables[names]) / length(names)
    tables$mean4 <- mean_of(c("arima", "ets", "theta", "stlf"))
    tables$mean3 <- mean_of(c("arima", "ets", "theta"))
    for (method in names(tables)) write_points(id, setting, method, tables[[method]])
}

set.seed(20)
for (freq in c("Q", "M")) {
    ids <- sort(unique(all$id[all$freq == freq]))
    ids <- sample(ids)[seq_len(min(length(ids), most[freq]))]
    for (id in ids) {
        values <- all$value[all$id == id & all$split == "train"]
        y <- ts(values, frequency = if (freq == "M") 12 else 4)
        tail_of <- function(n) ts(tail(values, n), frequency = 12)
        if (freq == "Q") {
            run(id, "q8", y, 8)
        } else {
            run(id, "m18", y, 18)  # its first six steps are the setting m6
            run(id, "m6_36", tail_of(36), 6)
            run(id, "m6_24", tail_of(24), 6)
        }
        flush(points)
        flush(fits)
    }
}
close(points)
close(fits)
