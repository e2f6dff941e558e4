// Group normalisation (Wu & He 2018) of x [examples, places, channels]: the channels in groups of channels that follow one another,
// each with its mean and variance over its channels and all places of an example. Sums are made in double.
//
// So many channels, or places of few channels, are taken together as lie in LANES elements: channel c of a place is lane c of the
// first one, c + channels of the next.
#define LANES 64
#define LANES_WIDTH(channels) ((channels) <= LANES ? LANES / (channels) * (channels) : (channels))
#define FOR_EACH_LANES                                     \
  for (size_t first = 0; first < width; first += LANES)    \
    for (size_t count = width - first < LANES ? width - first : LANES, once = 1; once; once = 0)
// At the places of an example that `first` and `count` take; `here` is `count` but at an end where there are fewer places.
#define FOR_EACH_PLACE                                             \
  for (size_t at = first; at < size; at += width)                  \
    for (size_t here = size - at < count ? size - at : count, once_here = 1; once_here; once_here = 0)

// y = (x - mean) / sqrt(variance + epsilon) gamma[c] + beta[c]. statistics [examples, groups, 2] gets mean and
// 1 / sqrt(variance + epsilon); scratch [channels]
static void FN(group_norm)(const void *xv, const void *gammav, const void *betav, double epsilon, void *statisticsv,
                           void *yv, double *sums, size_t examples, size_t places, size_t channels, size_t groups) {
  const REAL *gamma = gammav, *beta = betav;
  const size_t each = channels / groups, size = places * channels, width = LANES_WIDTH(channels);
  const double elements = (double)(places * each);
  for (size_t example = 0; example < examples; example++) {
    const REAL *x = (const REAL *)xv + example * size;
    REAL *y = (REAL *)yv + example * size, *statistics = (REAL *)statisticsv + 2 * example * groups;
    for (size_t pass = 0; pass < 2; pass++) {  // the means, then the variances
      memset(sums, 0, channels * sizeof(double));
      FOR_EACH_LANES {
        double lanes[LANES] = {0}, mean[LANES];
        for (size_t l = 0; l < count; l++) mean[l] = pass == 0 ? 0 : statistics[2 * ((first + l) % channels / each)];
        FOR_EACH_PLACE {
          if (pass == 0)
            for (size_t l = 0; l < here; l++) lanes[l] += x[at + l];
          else
            for (size_t l = 0; l < here; l++) {
              double distance = x[at + l] - mean[l];
              lanes[l] = FUSED(distance, distance, lanes[l]);
            }
        }
        for (size_t l = 0; l < count; l++) sums[(first + l) % channels] += lanes[l];
      }
      for (size_t group = 0; group < groups; group++) {
        double sum = 0;
        for (size_t c = 0; c < each; c++) sum += sums[group * each + c];
        if (pass == 0)
          statistics[2 * group] = (REAL)(sum / elements);
        else
          statistics[2 * group + 1] = 1 / SQRT((REAL)(sum / elements) + (REAL)epsilon);
      }
    }
    FOR_EACH_LANES {
      REAL mean[LANES], scale[LANES], shift[LANES];
      for (size_t l = 0; l < count; l++) {
        size_t c = (first + l) % channels;
        mean[l] = statistics[2 * (c / each)], scale[l] = statistics[2 * (c / each) + 1] * gamma[c], shift[l] = beta[c];
      }
      FOR_EACH_PLACE {
        INDEPENDENT
        for (size_t l = 0; l < here; l++) y[at + l] = (x[at + l] - mean[l]) * scale[l] + shift[l];
      }
    }
  }
}

// With n = (x - mean) inverse and g = dy gamma: dgamma += dy n and dbeta += dy, where these are given, and, where dx is given,
// dx = inverse (g - mean(g) - n mean(g n)), the means being those of a group; scratch [2, channels]
static void FN(group_norm_backward)(const void *xv, const void *gammav, const void *statisticsv, const void *dyv,
                                    void *dgammav, void *dbetav, void *dxv, double *sums, size_t examples,
                                    size_t places, size_t channels, size_t groups) {
  const REAL *gamma = gammav;
  REAL *dgamma = dgammav, *dbeta = dbetav;
  double *along = sums, *total = sums + channels;
  const size_t each = channels / groups, size = places * channels, width = LANES_WIDTH(channels);
  const double elements = (double)(places * each);
  for (size_t example = 0; example < examples; example++) {
    const REAL *x = (const REAL *)xv + example * size, *dy = (const REAL *)dyv + example * size;
    const REAL *statistics = (const REAL *)statisticsv + 2 * example * groups;
    memset(sums, 0, 2 * channels * sizeof(double));
    FOR_EACH_LANES {
      double products[LANES] = {0}, lanes[LANES] = {0};
      REAL mean[LANES];
      for (size_t l = 0; l < count; l++) mean[l] = statistics[2 * ((first + l) % channels / each)];
      FOR_EACH_PLACE {
        for (size_t l = 0; l < here; l++) {
          double upstream = dy[at + l], distance = x[at + l] - mean[l];
          products[l] = FUSED(upstream, distance, products[l]);
          lanes[l] += upstream;
        }
      }
      for (size_t l = 0; l < count; l++) {
        size_t c = (first + l) % channels;
        along[c] += products[l], total[c] += lanes[l];
      }
    }
    for (size_t group = 0; group < groups; group++) {
      double inverse = statistics[2 * group + 1], mean = 0, slope = 0;
      for (size_t c = group * each; c < (group + 1) * each; c++) {
        along[c] *= inverse;
        if (dgamma) dgamma[c] += (REAL)along[c], dbeta[c] += (REAL)total[c];
        mean = FUSED((double)gamma[c], total[c], mean), slope = FUSED((double)gamma[c], along[c], slope);
      }
      // What all channels of the group subtract, in the places of the sums.
      for (size_t c = group * each; c < (group + 1) * each; c++)
        total[c] = inverse * mean / elements, along[c] = inverse * inverse * slope / elements;
    }
    if (!dxv) continue;
    REAL *dx = (REAL *)dxv + example * size;
    FOR_EACH_LANES {
      REAL mean[LANES], scale[LANES], offset[LANES], slope[LANES];
      for (size_t l = 0; l < count; l++) {
        size_t c = (first + l) % channels;
        mean[l] = statistics[2 * (c / each)], scale[l] = statistics[2 * (c / each) + 1] * gamma[c];
        offset[l] = (REAL)total[c], slope[l] = (REAL)along[c];
      }
      FOR_EACH_PLACE {
        INDEPENDENT
        for (size_t l = 0; l < here; l++)
          dx[at + l] = dy[at + l] * scale[l] - offset[l] - (x[at + l] - mean[l]) * slope[l];
      }
    }
  }
}
#undef FOR_EACH_PLACE
#undef FOR_EACH_LANES
#undef LANES_WIDTH
#undef LANES
