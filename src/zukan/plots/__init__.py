"""Figures as functions: each takes arrays and an optional ``ax=``, and returns a `Display`."""

from zukan.plots import quiet_import  # noqa: F401  before any other import of matplotlib
from zukan.plots.activity import activity
from zukan.plots.anomalies import anomalies
from zukan.plots.associations import associations
from zukan.plots.between import between
from zukan.plots.codebook import codebook
from zukan.plots.columns import columns
from zukan.plots.confusion import confusion
from zukan.plots.contact_sheet import contact_sheet
from zukan.plots.curves import curves
from zukan.plots.decoded_grid import decoded_grid
from zukan.plots.display import Display
from zukan.plots.effects import effects
from zukan.plots.features import features
from zukan.plots.gif import gif
from zukan.plots.imputation import imputation
from zukan.plots.latent_map import latent_map
from zukan.plots.lines import items_of
from zukan.plots.loss import loss
from zukan.plots.morph import morph
from zukan.plots.pca import pca
from zukan.plots.rate_distortion import rate_distortion
from zukan.plots.reconstructions import reconstructions
from zukan.plots.samples import samples
from zukan.plots.sphere_map import sphere_map
from zukan.plots.traversals import traversals
from zukan.plots.under_classes import under_classes

__all__ = ["Display", "activity", "anomalies", "associations", "between", "codebook", "columns", "confusion",
           "contact_sheet", "curves", "decoded_grid", "effects", "features", "gif", "imputation", "items_of",
           "latent_map", "loss", "morph", "pca", "rate_distortion", "reconstructions", "samples", "sphere_map",
           "traversals", "under_classes"]
