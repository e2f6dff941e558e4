// Whether this processor's loops give what another's give. scripts/check-arm64 compiles and runs it.
//
//     cross ulp                 the errors of the single-precision functions, at millions of floats
//     cross dump FILE [SET]     what every loop gives, with an instruction set (0, 1, 2; the highest where left out)
//     cross same FILE FILE      two of these, of processors that fuse multiply-adds: every bit must be the same
//     cross close FILE FILE     two of which one does not
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cross.h"

// Units of the last place by which results may differ without fused multiply-add, which are not the same on all processors.
static const double most_units = 16;

typedef struct {
  char name[32];
  uint32_t element_size, class, is_number, count;
} record;

void *cross_numbers(cross_run *r, size_t n, double low, double high) {
  void *x = malloc((n + 64) * sizeof(double));  // products read whole vectors
  uint32_t state = ++r->seed * 2654435761u + 1;
  for (size_t i = 0; i < n + 64; i++) {
    state = state * 1664525u + 1013904223u;
    double value = i < n ? low + (high - low) * ((state >> 8) * 0x1p-24) : 0;
    if (r->is_double)
      ((double *)x)[i] = value;
    else
      ((float *)x)[i] = (float)value;
  }
  return x;
}

static void write_record(cross_run *r, const char *name, record head, const void *x) {
  snprintf(head.name, sizeof head.name, "%s", name);
  fwrite(&head, sizeof head, 1, r->out);
  fwrite(x, head.element_size, head.count, r->out);
}

void cross_emit(cross_run *r, const char *name, cross_class class, const void *x, size_t n) {
  write_record(r, name, (record){"", r->is_double ? 8 : 4, class, 1, (uint32_t)n}, x);
}

void cross_emit_doubles(cross_run *r, const char *name, cross_class class, const double *x, size_t n) {
  write_record(r, name, (record){"", 8, class, 1, (uint32_t)n}, x);
}

void cross_emit_bytes(cross_run *r, const char *name, const void *x, size_t bytes) {
  write_record(r, name, (record){"", 1, cross_same, 0, (uint32_t)bytes}, x);
}

static int dump(const char *path, latent_instruction_set set) {
  FILE *out = fopen(path, "wb");
  if (!out) return perror(path), 1;
  for (int element = 0; element < latent_element_count; element++) {
    cross_run r = {latent_table(set, (latent_element)element), element == latent_float64, out, 0, {0}};
    cross_elements(&r);
    cross_layers(&r);
    cross_products(&r);
    cross_fourier(&r);
    uint32_t seed = r.seed;  // of what follows, whatever else runs here
    cross_optimizers(&r);
    r.seed = seed;
    for (size_t entry = 0; entry < sizeof r.used; entry++)
      if (!r.used[entry]) return fprintf(stderr, "entry %zu of latent_ops is not run\n", entry), 1;
    // Workers flush denormals.
    uint64_t state = latent_flush_denormals();
    cross_elements(&r);
    cross_layers(&r);
    cross_products(&r);
    cross_fourier(&r);
    cross_small(&r);
    cross_optimizers(&r);
    latent_restore_denormals(state);
  }
  cross_run r = {latent_table(set, latent_float64), 1, out, 0, {0}};
  cross_scalars(&r);
  return fclose(out) != 0;
}

static double number(const record *head, const void *x, size_t i) {
  return head->element_size == 8 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

// The largest difference in units of the last place; infinite where one is NaN.
static double difference(const record *head, const void *a, const void *b) {
  double epsilon = head->element_size == 8 ? 0x1p-52 : 0x1p-23, square = 0, worst = 0;
  for (size_t i = 0; i < head->count; i++) square += number(head, a, i) * number(head, a, i) / head->count;
  for (size_t i = 0; i < head->count; i++) {
    double x = number(head, a, i), y = number(head, b, i), size = fmax(fabs(x), sqrt(square));
    double units = x == y ? 0 : fabs(x - y) / (epsilon * size);
    worst = units <= worst ? worst : isnan(units) ? INFINITY : units;
  }
  return worst;
}

static int compare(const char *path_a, const char *path_b, int is_exact) {
  FILE *a = fopen(path_a, "rb"), *b = fopen(path_b, "rb");
  if (!a || !b) return perror(a ? path_b : path_a), 1;
  int wrong = 0, results = 0, same = 0;
  record x, y;
  while (fread(&x, sizeof x, 1, a) == 1) {
    if (fread(&y, sizeof y, 1, b) != 1 || memcmp(&x, &y, sizeof x)) return fprintf(stderr, "other results\n"), 1;
    size_t bytes = (size_t)x.element_size * x.count;
    char *values = malloc(2 * bytes + 1);
    if (fread(values, 1, bytes, a) != bytes || fread(values + bytes, 1, bytes, b) != bytes) return 1;
    results++;
    if (memcmp(values, values + bytes, bytes) == 0) {
      same++;
    } else {
      size_t count = 0;
      for (size_t i = 0; i < x.count; i++)
        count += memcmp(values + i * x.element_size, values + bytes + i * x.element_size, x.element_size) != 0;
      double units = x.is_number ? difference(&x, values, values + bytes) : INFINITY;
      int fails = is_exact || x.class == cross_same || (x.class == cross_close && !(units <= most_units));
      wrong += fails;
      printf("%-28s %-8s %5zu of %5u differ, by %.2g units%s\n", x.name, x.element_size == 8 ? "float64" : "float32",
             count, x.count, units, fails ? ": WRONG" : "");
    }
    free(values);
  }
  if (fread(&y, 1, 1, b) != 0) return fprintf(stderr, "other results\n"), 1;
  printf("%d results, %d with the same bits, %d wrong\n", results, same, wrong);
  return wrong > 0 || results == 0;
}

static int ulp(void) {
  static const char *const names[] = {"exp", "log", "log1p", "sigmoid", "softplus", "tanh", "erf", "sin", "cos", "tan",
                                      "atan", "expm1", "sinh", "cosh", "asinh", "acosh", "atanh", "erfinv"};
  const latent_ops *ops = latent_table(latent_best_instruction_set(), latent_float32);
  const ulp_loop loops[] = {ops->exp, ops->log, ops->log1p, ops->sigmoid, ops->softplus, ops->tanh, ops->erf,
                            ops->sin, ops->cos, ops->tan, ops->atan, ops->expm1, ops->sinh, ops->cosh, ops->asinh,
                            ops->acosh, ops->atanh, ops->erfinv};
  int wrong = 0;
  for (int f = 0; f < ulp_function_count; f++) {
    ulp_report report = {0};
    ulp_sweep((ulp_function)f, &loops[f], 1, 0, 4093, (UINT64_C(1) << 32) / 4093 + 1, &report);
    int fails = !(report.max_ulp <= ulp_bound((ulp_function)f));
    wrong += fails;
    printf("%-9s %.3f ulp of at most %.4f%s\n", names[f], report.max_ulp, ulp_bound((ulp_function)f),
           fails ? ": WRONG" : "");
  }
  return wrong > 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "ulp") == 0) return ulp();
  if (argc >= 3 && strcmp(argv[1], "dump") == 0)
    return dump(argv[2], argc > 3 ? (latent_instruction_set)atoi(argv[3]) : latent_best_instruction_set());
  if (argc == 4 && strcmp(argv[1], "same") == 0) return compare(argv[2], argv[3], 1);
  if (argc == 4 && strcmp(argv[1], "close") == 0) return compare(argv[2], argv[3], 0);
  fprintf(stderr, "cross ulp | cross dump FILE [SET] | cross same FILE FILE | cross close FILE FILE\n");
  return 64;
}
