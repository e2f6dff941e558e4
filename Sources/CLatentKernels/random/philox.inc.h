// Philox4x32-10, a counter-based random generator: ten rounds turn a counter of four words and a key of two into four
// random words. J. Salmon, M. Moraes, R. Dror and D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
//
// The counter is (block, 0, low half of the stream, high half of the stream) and the key (low half, high half): a
// stream is 2^32 blocks of four words long.
#define PHILOX_LANES 64

// out[j][i] = word j of block block[i] of stream[i]. Integers only: the same words with every instruction set.
static inline void latent_philox(uint64_t key, const uint64_t *stream, const uint32_t *block,
                                 uint32_t out[4][PHILOX_LANES]) {
  for (size_t i = 0; i < PHILOX_LANES; i++) {
    uint32_t c0 = block[i], c1 = 0, c2 = (uint32_t)stream[i], c3 = (uint32_t)(stream[i] >> 32);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) {
      uint64_t a = (uint64_t)0xd2511f53 * c0, b = (uint64_t)0xcd9e8d57 * c2;
      c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
      c1 = (uint32_t)b;
      c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
      c3 = (uint32_t)a;
      k0 += 0x9e3779b9;  // the golden ratio
      k1 += 0xbb67ae85;  // sqrt(3) - 1
    }
    out[0][i] = c0;
    out[1][i] = c1;
    out[2][i] = c2;
    out[3][i] = c3;
  }
}

// The 4 * PHILOX_LANES words of one stream from block `first` on, in their order.
static inline void latent_philox_words(uint64_t key, uint64_t stream, uint32_t first, uint32_t *words) {
  uint64_t streams[PHILOX_LANES];
  uint32_t blocks[PHILOX_LANES], out[4][PHILOX_LANES];
  for (uint32_t i = 0; i < PHILOX_LANES; i++) {
    streams[i] = stream;
    blocks[i] = first + i;
  }
  latent_philox(key, streams, blocks, out);
  for (size_t i = 0; i < PHILOX_LANES; i++)
    for (size_t j = 0; j < 4; j++) words[4 * i + j] = out[j][i];
}

// A place in a matrix whose rows have a stream each.
typedef struct {
  size_t row, column;
} latent_place;

// The words of the next blocks from a place on, which moves behind them: column / 4 from `first` on is the block of a row's stream, and a
// row's last block may have words that nobody needs. Short rows so share a call.
//
// Returns how many blocks: words[j][i] is word j of block i.
static inline size_t latent_philox_rows(uint64_t key, const uint64_t *stream, size_t first, size_t rows, size_t columns,
                                        latent_place *at, uint32_t words[4][PHILOX_LANES]) {
  uint64_t streams[PHILOX_LANES] = {0};
  uint32_t blocks[PHILOX_LANES] = {0};
  size_t lanes = 0;
  for (; lanes < PHILOX_LANES && at->row < rows; lanes++) {
    streams[lanes] = stream[at->row];
    blocks[lanes] = (uint32_t)((first + at->column) / 4);
    at->column += 4;
    if (at->column >= columns) {
      at->column = 0;
      at->row++;
    }
  }
  latent_philox(key, streams, blocks, words);
  return lanes;
}
