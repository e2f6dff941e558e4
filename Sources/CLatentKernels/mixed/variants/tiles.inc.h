// Included by each tiles_*.c, with VARIANT defined as the suffix: products of bfloat16 whose sums are added up in tiles.
#include "../../include/latent_mixed.h"
#include "../../variants/prelude.inc.h"

#define REAL float
#define ELEMENT tiles
#define PAIR_DEPTH 576

#include "../../variants/vectors.inc.h"
#include "../pairs.inc.h"
#include "../../convolution/grid.inc.h"
#include "../tiles.inc.h"
#include "../product.inc.h"
#include "../tile_grid.inc.h"
#include "../grid_product.inc.h"

const latent_mixed_products FN(latent_ops) = {
#include "product_table.inc.h"
};
