// Loops over many values that tests need and that would be slow in a debug build of Swift.
#ifndef CTEST_SUPPORT_H
#define CTEST_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum {
  ulp_exp, ulp_log, ulp_log1p, ulp_sigmoid, ulp_softplus, ulp_tanh, ulp_erf, ulp_sin, ulp_cos, ulp_tan, ulp_atan,
  ulp_expm1, ulp_sinh, ulp_cosh, ulp_asinh, ulp_acosh, ulp_atanh, ulp_erfinv, ulp_function_count
} ulp_function;

typedef struct {
  // The largest distance from the double-precision reference, in units of the last place of a float of the
  // reference's magnitude. Infinite where one is NaN and the other is not, or where an exact zero has the wrong sign.
  double max_ulp;
  uint32_t worst_bits;  // the argument there, as the bits of a float
  float got;
  double expected;
} ulp_report;

/// A loop y[i] = f(x[i]) over floats.
typedef void (*ulp_loop)(const void *_Nonnull x, void *_Nonnull y, size_t n);

/// The value that a float function should have at x, in double precision, from the C library.
double ulp_reference(ulp_function function, float x);

/// The largest error that a function may have, in ulp: what scripts/exhaustive-ulp found over all floats, rounded up,
/// except for softplus, whose bound leaves a margin over what samples show.
double ulp_bound(ulp_function function);

/// The distance of a float from the exact result, as in ulp_report.
double ulp_distance(float got, double expected);

/// Compares each of several loops with the reference at the floats of the bit patterns first, first + stride, ... :
/// count of them. reports[i] belongs to loops[i], and only grows.
void ulp_sweep(ulp_function function, const ulp_loop _Nonnull *_Nonnull loops, size_t loop_count, uint32_t first,
               uint32_t stride, uint64_t count, ulp_report *reports);

/// The same for doubles, from the C library's long doubles, which are longer on x86-64 and arm64 Linux alone.
typedef struct {
  double max_ulp, worst, got;
} ulp64_report;
/// The worst error at `count` random numbers from low to high, or of any bits where low is not below high.
ulp64_report ulp64_sweep(ulp_function function, ulp_loop loop, double low, double high, size_t count);
/// The error of a number that should be the angle of the point (x, y).
double ulp64_of_angle(double y, double x, double got);
/// The worst error of powers of numbers from low to high, with exponents from -most to most.
ulp64_report ulp64_sweep_powers(double (*power)(double, double), double low, double high, double most, size_t count);
/// The error of a number that should be cos(pi x).
double ulp64_of_cosine(double x, double got);
/// The C library's power.
double ctest_power(double x, double y);

/// The moments of a sample (kurtosis is 3 for a normal distribution), and the largest difference between its cumulative
/// distribution and the standard normal one.
typedef struct { double mean, variance, skewness, kurtosis, kolmogorov_smirnov; } sample_moments;
/// Of a sample of floats, which this sorts.
sample_moments standard_normal_moments(float *x, size_t n);

/// Memory whose last byte lies before a page that stops the process when it is read or written.
void *ctest_guarded_allocate(size_t bytes);
void ctest_guarded_free(void *memory, size_t bytes);

/// Fills floats or doubles with whole numbers from -8 to 8: sums of their products are exact in any order.
void ctest_whole_numbers(int is_double, void *x, size_t n, uint32_t seed);
/// Fills floats or doubles with one number.
void ctest_fill(int is_double, void *x, size_t n, double value);

/// C [m, n] (+)= A B in three plain loops, A being [m, k] or, where transposed, [k, m], and B [k, n] or [n, k]. Rows
/// start a_stride, b_stride and c_stride elements apart.
void ctest_product(int is_double, int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const void *a,
                   size_t a_stride, const void *b, size_t b_stride, int accumulate, void *c, size_t c_stride);

/// The system's number for the calling thread, and whether this process still has a thread of that number (Linux only;
/// 0 elsewhere).
uint64_t ctest_thread_id(void);
int ctest_thread_exists(uint64_t id);

/// a b, as the processor computes it now: the compiler cannot know.
float ctest_product_of_floats(float a, float b);

/// A table (latent_ops) of some loops for arrays of bfloat16, computed with in float; the others are null.
const void *ctest_bfloat16_loops(void);

/// Runs body(context) in a copy of this process and writes the start of its standard error to `text`, ended by a 0.
/// Returns 1 where a signal or a status other than 0 ended the copy, 0 where body returned, and -1 where the system
/// refused. For processes of one thread: a copy has no other.
int ctest_run_copy(void (*body)(void *), void *context, char *text, size_t capacity);

#pragma clang assume_nonnull end
#endif
