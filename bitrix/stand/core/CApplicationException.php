<?php

declare(strict_types=1);

class CApplicationException
{
    public function __construct(private readonly string $text)
    {
    }

    public function GetString(): string
    {
        return $this->text;
    }
}
