# Times R's survival package on a file of doubles (columns one after the other: id, start, stop, event, x1 ... xp).
# Rscript cox.R FILE ROWS COVARIATES REPEATS [no-cluster]  -> one JSON object; CPU seconds are user + system, the least of the repeats.
suppressMessages(library(survival))
given <- commandArgs(TRUE)
rows <- as.integer(given[2])
covariates <- as.integer(given[3])
repeats <- as.integer(given[4])
values <- matrix(readBin(given[1], "double", rows * (covariates + 4)), rows, covariates + 4)
x <- values[, -(1:4), drop = FALSE]
colnames(x) <- paste0("x", seq_len(covariates))
y <- Surv(values[, 2], values[, 3], values[, 4])
subject <- values[, 1]
rm(values)
cpu <- function(times, f) {
  best <- Inf
  for (i in seq_len(times)) {
    gc(FALSE)
    t <- system.time(result <- f())
    best <- min(best, t[[1]] + t[[2]])
  }
  list(seconds = best, result = result)
}
control <- coxph.control()
fitter <- cpu(repeats, function() {
  survival:::agreg.fit(x, y, NULL, rep(0, rows), NULL, control, NULL, "efron", NULL)
})
whole <- cpu(repeats, function() coxph(y ~ x))
fit <- whole$result
peak <- sum(gc()[, 6])
# Ten times the rest together: left out when somebody waits.
robust <- if ("no-cluster" %in% given) list(seconds = NA) else cpu(1, function() coxph(y ~ x, cluster = subject))
agree <- cpu(1, function() concordance(fit))
hazards <- cpu(1, function() cox.zph(fit))
number <- function(v) sprintf("%.17g", v)
cat(sprintf(
  '{"version":"%s","agregFit":%.3f,"coxph":%.3f,"coxphCluster":%s,"concordance":%.3f,"zph":%.3f,"peakMegabytes":%.0f,"logLikelihood":[%s,%s],"coefficient1":%s,"iterations":%d}\n',
  as.character(packageVersion("survival")), fitter$seconds, whole$seconds,
  if (is.na(robust$seconds)) "null" else sprintf("%.3f", robust$seconds), agree$seconds, hazards$seconds,
  peak, number(fit$loglik[1]), number(fit$loglik[2]), number(coef(fit)[[1]]), fit$iter))
