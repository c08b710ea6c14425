"""What the operations page needs to know beyond the queue's own tables."""

from __future__ import annotations

from django.db import models


class JobError(models.Model):
    """Why one attempt of a job failed: the kind of error and the place in the code, never the data it worked on."""

    job_id = models.BigIntegerField()
    task_name = models.CharField(max_length=128)
    error = models.CharField(max_length=300)
    place = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("job_id", "-id"), name="job_error_by_job"),)

    def __str__(self) -> str:
        return f"{self.task_name} {self.job_id}: {self.error}"
