"""QA, QC and microbiology: exceptions, concessions, samples, review, disposition, dossier."""
