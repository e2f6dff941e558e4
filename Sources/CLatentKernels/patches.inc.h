// The patches of images [B, height, width, C] that a convolution's kernel lies on, as rows of a matrix, and back
// ("im2col": Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document processing").
// Row (b, i, j) holds pixels (i stride_y - top + 0..<kernel_height, j stride_x - left + 0..<kernel_width) of image b, all
// channels of each; pixels outside the image are zeros. Of a patch's row, the pixels inside the image are one run of
// memory.
#define FOR_EACH_RUN(BODY)                                                                                             \
  size_t run = p->kernel_width * p->channels;                                                                          \
  for (size_t b = 0; b < images; b++)                                                                                  \
    for (size_t i = 0; i < p->rows; i++)                                                                               \
      for (size_t j = 0; j < p->columns; j++) {                                                                        \
        ptrdiff_t x0 = (ptrdiff_t)(j * p->stride_x) - (ptrdiff_t)p->left, width = (ptrdiff_t)p->width;                 \
        ptrdiff_t x1 = x0 + (ptrdiff_t)p->kernel_width;                                                                \
        size_t before = x0 < 0 ? (x1 < 0 ? p->kernel_width : (size_t)-x0) : 0;                                         \
        size_t after = x1 > width ? (x0 > width ? p->kernel_width : (size_t)(x1 - width)) : 0;                         \
        size_t inside = before + after < p->kernel_width ? (p->kernel_width - before - after) * p->channels : 0;       \
        before *= p->channels;                                                                                         \
        for (size_t k = 0; k < p->kernel_height; k++, patch += run) {                                                  \
          ptrdiff_t y = (ptrdiff_t)(i * p->stride_y + k) - (ptrdiff_t)p->top;                                          \
          int is_inside = inside > 0 && y >= 0 && y < (ptrdiff_t)p->height;                                            \
          size_t start = is_inside ? ((b * p->height + (size_t)y) * p->width + (size_t)(x0 < 0 ? 0 : x0)) * p->channels \
                                   : 0;                                                                                \
          BODY                                                                                                         \
        }                                                                                                              \
      }

// patches [images rows columns, kernel_height kernel_width C] from the images
static void FN(image_to_patches)(const latent_patches *p, const void *xv, size_t images, void *patchesv) {
  const REAL *x = xv;
  REAL *patch = patchesv;
  FOR_EACH_RUN({
    if (!is_inside) {
      memset(patch, 0, run * sizeof(REAL));
    } else {
      if (before > 0) memset(patch, 0, before * sizeof(REAL));
      memcpy(patch + before, x + start, inside * sizeof(REAL));
      if (before + inside < run) memset(patch + before + inside, 0, (run - before - inside) * sizeof(REAL));
    }
  })
}

// The transposed map: each pixel (+)= the sum of its places in all patches
static void FN(patches_to_image)(const latent_patches *p, const void *patchesv, size_t images, int accumulate, void *xv) {
  const REAL *patch = patchesv;
  REAL *x = xv;
  if (!accumulate) memset(x, 0, images * p->height * p->width * p->channels * sizeof(REAL));
  FOR_EACH_RUN({
    if (is_inside) {
      const REAL *restrict from = patch + before;
      REAL *restrict to = x + start;
      for (size_t c = 0; c < inside; c++) to[c] += from[c];
    }
  })
}
#undef FOR_EACH_RUN
