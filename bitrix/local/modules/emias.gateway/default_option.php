<?php

$emias_gateway_default_option = [
    'gateway_url' => '',
    'source' => 'iblock',
    'source_id' => '',
    'field_name' => '',
    'field_lpu' => 'LPU_CODE',
    'field_emias_id' => 'EMIAS_DOCTOR_ID',
    'field_specialty' => 'SPECIALTY',
];
